"""The money of top-up cards, on its way from the card's home to the account's."""

from typing import Any

from onehall.domains.billing import actions
from onehall.kernel.jobs import job
from onehall.kernel.journeys import scarce
from onehall.kernel.store import Tx

scarce("card", actions.CardHold())


@job("billing.card")
async def _land_card(tx: Tx, body: dict[str, Any]) -> None:
    await actions.land_card(tx, body)


@job("billing.card_back")
async def _card_back(tx: Tx, body: dict[str, Any]) -> None:
    await actions.card_back(tx, body["hash"], body["account"])
