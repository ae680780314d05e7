"""Notices from the world, and the short address of a payment: parsed, checked, passed on; nothing is decided here."""

from onehall.channels.notices.pay import pay
from onehall.channels.notices.payments import payment_notice

routes = [payment_notice, pay]

__all__ = ["routes"]
