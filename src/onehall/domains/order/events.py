"""What ordering tells."""

from onehall.kernel.events import Fact


class OrderPlaced(Fact, frozen=True, tag="order.placed"):
    """An order was accepted; `sent` when its card goes to the buyer's home."""

    order: str
    party: str
    kind: str
    offering: str
    total_minor: int
    currency: str
    sent: bool = False


class OrderMoved(Fact, frozen=True, tag="order.moved"):
    """An order went from one state to another."""

    order: str
    source: str
    target: str
    why: str = ""


class OrderCompleted(Fact, frozen=True, tag="order.completed"):
    """All of an order was done."""

    order: str
    party: str
    kind: str
    line: str | None = None


class OrderFailed(Fact, frozen=True, tag="order.failed"):
    """An order could not be done; what was done of it is undone."""

    order: str
    party: str
    why: str


class OrderCancelAsked(Fact, frozen=True, tag="order.cancel_asked"):
    """Somebody wants an order stopped."""

    order: str
    by: str


class CartChanged(Fact, frozen=True, tag="cart.changed"):
    """A cart was made, changed or left."""

    cart: str
    items: int
