"""Who is calling, how that is proven, and what they may see: customers by one-time code, staff by password and a
second factor, partners by client credentials, guests by a signed visitor cookie."""

from onehall.kernel.identity.proof import Proof
from onehall.kernel.identity.who import GUEST, Who

__all__ = ["GUEST", "Proof", "Who"]
