"""Private terms: a price that one store agreed on. They never stand on the open shelf; only who is given their id sells at them."""

import msgspec

from onehall.domains.catalogue.model import Offering, Terms
from onehall.domains.catalogue.store import rows
from onehall.kernel.i18n import Named
from onehall.kernel.money import Money
from onehall.kernel.store import Tx


async def agree_terms(tx: Tx, offering: Offering, fee: Money, name: Named | None = None, *, kind: str | None = None) -> Offering:
    """This will keep an offering at another monthly fee under a price id of its own; gives it as it is sold there.

    Their period is empty, so that they stand at no time: nobody finds them but by `at_price`. With `kind` "service" the terms hold only
    the fee: what one pays of somebody else's plan.
    """
    await rows.bump(tx)
    id_ = f"{rows.PRIVATE}{tx.new_id()}"
    face = msgspec.structs.replace(offering, fee=fee, price_id=id_, name=name or offering.name, priced=True)
    if kind == "service":
        face = msgspec.structs.replace(
            face, kind=kind, allowances={}, rates={}, tariffs={}, contract_months=0, min_spend=Money(0, fee.currency),
            once=Money(0, fee.currency), is_bundle=False,
        )  # fmt: skip
    await rows.add_terms(tx, Terms(id_, offering.id, id_, tx.now, tx.now, face))
    return face
