"""The bus outside: where other systems hear what is told in the house."""

from onehall.kernel.relay import Message, Outward

Bus = Outward

__all__ = ["Bus", "Message"]
