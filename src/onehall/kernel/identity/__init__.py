"""Who is calling, how that is proven, and what they may see: customers by one-time code, staff by password and a
second factor, partners by client credentials, guests by a signed visitor cookie. `http` puts it in front of an app."""

from onehall.kernel.identity.codes import Verified, ask_code, check_code, phone_of
from onehall.kernel.identity.names import forget, name_party, party_of
from onehall.kernel.identity.proof import Proof
from onehall.kernel.identity.scope import can_change, can_see, check_role, check_scope, check_sees, lies_in
from onehall.kernel.identity.who import GUEST, Who

__all__ = [
    "GUEST", "Proof", "Verified", "Who", "ask_code", "can_change", "can_see", "check_code", "check_role", "check_scope",
    "check_sees", "forget", "lies_in", "name_party", "party_of", "phone_of",
]  # fmt: skip
