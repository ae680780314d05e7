"""Telling the person at the terminal what is going on."""

import sys


def say(line: str) -> None:
    """This will show one line now, even when the output is a file or a pipe."""
    print(line, flush=True)


def complain(line: str) -> None:
    """This will show one line on the error output."""
    print(line, file=sys.stderr, flush=True)
