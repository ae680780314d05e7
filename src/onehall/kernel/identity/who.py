"""Who is asking: the one thing every channel works out about a caller, and all that the hall is told of them."""

from datetime import datetime
from typing import Literal

import msgspec

from onehall.kernel.i18n import DEFAULT_LANGUAGE
from onehall.kernel.identity.proof import Proof


class Who(msgspec.Struct, frozen=True):
    """A caller. At most one of `party` (a customer), `staff`, `partner` and `agent` is set; a guest has none of them.

    `agent` is the grant by which a customer lets a program speak for them; `agreed` how the customer's own yes to what is asked
    now was got: "elicited" (their program showed it to them), "limit" (they allowed it beforehand), "" not at all.

    `unit` is the staff's place in the tree ("onehall.gd.gz.s1"). `proof` counts until `expires`. `by` says how the
    caller showed a session: a browser's cookie (which another site may abuse, so forms need a token) or a bearer token.
    """

    party: str | None = None
    staff: str | None = None
    partner: str | None = None
    agent: str | None = None
    agreed: Literal["", "elicited", "limit"] = ""
    proof: Proof = Proof.NONE
    proven_at: datetime | None = None
    expires: datetime | None = None
    unit: str | None = None
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    session: str | None = None
    visitor: str | None = None
    language: str = DEFAULT_LANGUAGE
    by: Literal["", "cookie", "bearer"] = ""
    address: str = ""

    @property
    def known(self) -> bool:
        """This will tell whether the caller has said who they are."""
        return bool(self.party or self.staff or self.partner)

    def is_a(self, *roles: str) -> bool:
        """This will tell whether staff hold one of these roles."""
        return self.staff is not None and not self.roles.isdisjoint(roles)


GUEST = Who()
