"""The field kit: a phone page for staff in streets and buildings that works without a net and brings in later what it took down."""

from onehall.channels.field.room import FIELD
from onehall.channels.field.routes import CALLS, PAGES

routes = [PAGES, CALLS]

__all__ = ["FIELD", "routes"]
