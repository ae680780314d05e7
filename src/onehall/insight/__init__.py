"""Insight: what the one log and the matrix of costs say of the house. It only reads, off the hot path, and may lag by seconds.
Words: *traffic* (from sources and visits to lines that stay), *index* (how convenient, timely and pleasant a journey is), *arm* (the
customers to whom another channel is suggested, and those from whom that is withheld)."""

from onehall.insight import indices, routing, rules, traffic

__all__ = ["indices", "routing", "rules", "traffic"]
