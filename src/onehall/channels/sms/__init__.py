"""The SMS hall: keywords, numbered menus, and dialogues of several messages, over one HTTP route per message, or what a centre delivers."""

from onehall.channels.sms.inbound import FRONT, heard, routes

__all__ = ["FRONT", "heard", "routes"]
