"""Onehall: one hall, every channel. The front of a telecom operator."""

__version__ = "0.4.0"
