"""A customer's bills in the online hall: the list with six months drawn, each bill as a page, a PDF and a CSV."""

from onehall.channels.web.bills.routes import ROUTES

__all__ = ["ROUTES"]
