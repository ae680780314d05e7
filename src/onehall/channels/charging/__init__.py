"""Charging for network elements: a lean JSON front for what is used now. Partners call it with their access token."""

from onehall.channels.charging.routes import routes

__all__ = ["routes"]
