"""How an action takes hold of the row that it will change."""

from onehall.domains.party import store
from onehall.domains.party.model import Party
from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx


async def locked(tx: Tx, party: str) -> Party:
    """This will read a party of this home and keep others from changing it meanwhile.

    :raises Refusal: `not.found`, 404.
    """
    found = await store.parties.lock(tx, party)
    if found is None:
        raise missing(_("customer"))
    return found
