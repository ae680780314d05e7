"""Ordering as TM Forum sees it: TMF622 product orders, TMF663 shopping carts."""

from onehall.domains.order.api.carts import SHOPPING_CART
from onehall.domains.order.api.orders import CANCEL, PRODUCT_ORDER
from onehall.kernel.resources import know

RESOURCES = (PRODUCT_ORDER, CANCEL, SHOPPING_CART)
know(RESOURCES)
