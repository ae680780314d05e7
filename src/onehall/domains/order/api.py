"""Ordering as TM Forum sees it: TMF622 product orders and TMF663 shopping carts."""
