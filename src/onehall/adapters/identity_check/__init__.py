"""Identity checks."""
