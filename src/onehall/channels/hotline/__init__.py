"""The hotline: any function as a voice menu of prompts, digits and spoken numbers, and the desk of the agents who join a call."""

from onehall.channels.hotline import desk
from onehall.channels.hotline.room import HOTLINE
from onehall.channels.hotline.routes import ROUTES

routes = [*ROUTES, desk.ROUTER]

__all__ = ["HOTLINE", "routes"]
