"""The TM Forum channel: declared resources over HTTP, as TMF630 v4 says. It parses and prints; it decides nothing.

`router(resources)` makes one router of everything under /tmf-api; who is calling is what the gate in front has found.
"""

from onehall.channels.tmf.routes import router

__all__ = ["router"]
