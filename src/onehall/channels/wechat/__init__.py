"""The WeChat hall: an official account's signed calls in, text replies out, with the numbered dialogues that all written channels share.
A scene that is scanned is a hand-over code. Whoever proves to be a customer here is known by their account from then on."""

from onehall.channels.wechat.calls import routes
from onehall.channels.wechat.front import FRONT
from onehall.channels.wechat.menu import plan as plan_menu

__all__ = ["FRONT", "plan_menu", "routes"]
