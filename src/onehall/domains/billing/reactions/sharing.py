"""The words that sharing and giving send from home to home."""

from typing import Any

from onehall.domains.billing import actions, store
from onehall.domains.billing.actions import gifting, sharing
from onehall.kernel.ids import home_of
from onehall.kernel.jobs import job
from onehall.kernel.store import Tx


@job("billing.offer_share")
async def _offer_share(tx: Tx, body: dict[str, Any]) -> None:
    await sharing.offer_share(tx, body)


@job("billing.join_share")
async def _join_share(tx: Tx, body: dict[str, Any]) -> None:
    await actions.join_share(tx, body["share"], body["line"])


@job("billing.end_share")
async def _end_share(tx: Tx, body: dict[str, Any]) -> None:
    await sharing.end_share(tx, body["share"], body["how"])


@job("billing.end_offer")
async def _end_offer(tx: Tx, body: dict[str, Any]) -> None:
    await store.sharing.end_offer_of(tx, body["share"], body["account"])


@job("billing.pay_for")
async def _pay_for(tx: Tx, body: dict[str, Any]) -> None:
    """Who pays for a number is changed where the number lives; led back, its use is rated by its own plan from then on."""
    led = await store.sharing.pay_for(tx, body["number"], body["payer"], body["instead_of"])
    if body["payer"] is None:
        tx.later("billing.close_member", {"share": body["share"]}, works_in=home_of(body["share"]))
    elif not led:
        tx.later("billing.end_share", {"share": body["share"], "how": "declined"}, works_in=home_of(body["share"]))


@job("billing.close_member")
async def _close_member(tx: Tx, body: dict[str, Any]) -> None:
    await sharing.close_member(tx, body["share"])


@job("billing.land_gift")
async def _land_gift(tx: Tx, body: dict[str, Any]) -> None:
    await actions.land_gift(tx, body)


@job("billing.end_gift")
async def _end_gift(tx: Tx, body: dict[str, Any]) -> None:
    await gifting.end_gift(tx, body["gift"], body["arrived"], body.get("action"))
