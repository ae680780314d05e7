"""Questions about campaigns; they change nothing."""

from onehall.domains import party
from onehall.domains.engage import store
from onehall.domains.engage.model import Campaign, Contact, Figures
from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

CALL = "call"
CAMPAIGNS_MAX = 100
CALLS_MAX = 20_000


async def campaign(tx: Tx, id_: str) -> Campaign:
    """This will give a campaign. One statement.

    :raises Refusal: `not.found`, 404.
    """
    found = await store.campaigns.find(tx, id_)
    if found is None:
        raise missing(_("campaign"))
    return found


async def campaigns(tx: Tx) -> list[Campaign]:
    """This will give the latest campaigns."""
    return await store.campaigns.latest(tx, CAMPAIGNS_MAX)


async def figures(tx: Tx, one: Campaign) -> Figures:
    """This will give what came of a campaign, by its rows and by the log, as of one moment."""
    return await store.contacts.figures(tx, one.id, one.created)


async def contacts(tx: Tx, campaign: str, state: str = "", why: str = "", limit: int = 50) -> list[Contact]:
    """This will give a campaign's latest contacts in a state, for a reason."""
    return await store.contacts.listed(tx, campaign, state, why, limit)


async def call_list(tx: Tx, campaign: str) -> list[Contact]:
    """This will give whom to call, as of now: who stopped a moment ago is not on it. Two statements."""
    listed = await store.contacts.to_call(tx, campaign, CALLS_MAX)
    allowing = await party.queries.allowing(tx, [one.party for one in listed], CALL)
    return [one for one in listed if one.party in allowing]
