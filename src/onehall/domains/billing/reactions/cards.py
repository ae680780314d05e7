"""The money of top-up cards, on its way from the card's home to the account's."""

from typing import Any

from onehall.domains.billing import actions
from onehall.domains.billing.reactions.money import Answer
from onehall.kernel.i18n import Words, _
from onehall.kernel.jobs import call, job
from onehall.kernel.journeys import scarce
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

scarce("card", actions.CardHold())


async def _not_redeemed(tx: Tx, body: dict[str, Any], error: str) -> None:
    await actions.voucher_settled(tx, body["topup"], "failed", _("The card could not be looked up."))


@call("billing.redeem", given_up=_not_redeemed)
async def _redeem(world: Any, body: dict[str, Any]) -> Answer:
    """A card that a partner was shown is used up in its own home; a no is an answer, and fails the top-up."""
    why: Words = ""
    status, values = "completed", (body["hash"], body["topup"], body["account"], body["number"], body["names"])
    try:
        await actions.redeem(world.engine.store, *values, topup=body["topup"])
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        status, why = "failed", refusal.reason
    return lambda tx: actions.voucher_settled(tx, body["topup"], status, why)


@job("billing.card")
async def _land_card(tx: Tx, body: dict[str, Any]) -> None:
    await actions.land_card(tx, body)


@job("billing.card_back")
async def _card_back(tx: Tx, body: dict[str, Any]) -> None:
    await actions.card_back(tx, body["hash"], body["account"])
