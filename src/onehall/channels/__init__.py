"""Channels: a parser, a printer and a session each. They hold no business; they call the hall."""
