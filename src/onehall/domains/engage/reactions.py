"""Work of this domain: the steps of campaigns, and what a customer's stop keeps in the house."""

from typing import Any

from onehall.domains.engage import actions
from onehall.domains.engage.queries import CALL
from onehall.domains.party import MARKETING, ConsentWithdrawn
from onehall.kernel.events import on
from onehall.kernel.jobs import call, job
from onehall.kernel.store import Tx
from onehall.ports import World


@on(ConsentWithdrawn, when=lambda fact: fact.purpose == MARKETING and fact.way in ("", CALL))
async def call_no_more(tx: Tx, fact: ConsentWithdrawn) -> None:
    """This will take a customer off the call lists."""
    await actions.withdraw(tx, fact.party)


@job("engage.step")
async def step(tx: Tx, body: dict[str, Any]) -> None:
    """This will do one step of a campaign: `{"campaign", "lane", "home", "after"}`."""
    await actions.step(tx, body)


@job("engage.end_lane")
async def end_lane(tx: Tx, body: dict[str, Any]) -> None:
    """This will note that a lane of a campaign is at its end: `{"campaign", "lane"}`."""
    await actions.end_lane(tx, body["campaign"], body["lane"])


async def _given_up(tx: Tx, body: dict[str, Any], error: str) -> None:
    await actions.give_up(tx, body)


@call("engage.deliver", given_up=_given_up)
async def deliver(world: World, body: dict[str, Any]) -> Any:
    """This will hand over what a step sent: `{"campaign", "lane", "home", "rest", "contacts"}`."""
    return await actions.deliver(world, body)
