"""Why the house cannot start, in one line for the person who started it."""


class Trouble(Exception):
    """Onehall cannot start."""
