"""Engage: telling customers of offers, as far as they allow it.

Words: *campaign* (a text for an audience, by ways in order of preference), *audience* (a rule, or a list), *contact* (what a campaign did
for one customer: sent at a stamp, or suppressed and why), *way* (text message, pushed message, WeChat, call, mail), *quiet hours*, *cap*,
*call list* (who is to be called, as of now).
"""

from onehall.domains.engage import actions, queries, reactions, rules
from onehall.domains.engage.model import Audience, Campaign, Contact, Figures

__all__ = ["Audience", "Campaign", "Contact", "Figures", "actions", "queries", "reactions", "rules"]
