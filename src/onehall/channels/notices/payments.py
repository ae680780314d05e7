"""What the payment provider tells us. It repeats a notice until it hears 200; a repeat changes nothing and hears 200 too."""

from typing import Any

from litestar import Request, post

from onehall.domains import billing
from onehall.hall import Hall
from onehall.kernel.events import Origin
from onehall.kernel.ids import home_of, is_id
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

BODY_MAX = 10_000
ORIGIN = Origin(channel="notice")


@post("/payments/notice", status_code=200, request_max_body_size=BODY_MAX, opt={"forms": "free", "public": True})
async def payment_notice(request: Request[Any, Any, Any]) -> dict[str, str]:
    """This will take in a signed notice and answer what became of it.

    :raises Refusal: 401 not signed, or too old; 404 no such payment; 422 another amount than was asked for.
    """
    hall: Hall = request.app.state.hall
    paid = request.app.state.world.payment.read_notice(request.headers, await request.body(), hall.store.clock.now())
    if not is_id(paid.payment):
        raise missing("payment")

    async def hear(tx: Tx) -> str:
        return await billing.actions.hear(tx, paid.payment, paid.status, paid.amount, paid.reference)

    return {"payment": paid.payment, "outcome": await hall.store.run(home_of(paid.payment), hear, ORIGIN)}
