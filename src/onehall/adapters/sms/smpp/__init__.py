"""Short messages by SMPP 3.4: a codec of the protocol, a link to the message centre that mends itself, and the port over it."""

from onehall.adapters.sms.smpp.centre import SmppSms

__all__ = ["SmppSms"]
