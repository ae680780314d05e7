"""The plain JSON channel for apps: journeys, their answers, hand-overs, and logging in by one-time code."""

from onehall.channels.api.journeys import FRONT, routes

__all__ = ["FRONT", "routes"]
