"""The SMS hall: keywords, numbered menus, and dialogues of several messages, over one HTTP route per message."""

from onehall.channels.sms.inbound import FRONT, routes

__all__ = ["FRONT", "routes"]
