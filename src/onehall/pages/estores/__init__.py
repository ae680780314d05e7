"""The one bill of a private shop, split between the company and its members: read alike on a page and on paper."""

from onehall.pages.estores.paper import document
from onehall.pages.estores.shown import Paper, Row, month_of, paper

__all__ = ["Paper", "Row", "document", "month_of", "paper"]
