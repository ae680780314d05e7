"""The short address of a payment: leads to where it is paid, or says how it stands."""

from html import escape
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from onehall.domains import billing
from onehall.domains.billing import Payment
from onehall.hall import Hall
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.ids import is_id
from onehall.kernel.refusals import missing

_STANDS = {
    "pending": _("One moment, the pay page is being opened..."), "done": _("Paid. Thank you; you can go on where you were."),
    "failed": _("The payment did not go through. Nothing was charged."), "expired": _("This payment was not made in time and is over."),
    "voided": _("This payment was cancelled."), "late": _("Your money came after the payment was over; it is on its way back."),
}  # fmt: skip
LOOKS_MAX = 120
_RETURNED = _("Thank you. We are waiting for the bank's word; this takes a moment.")
_PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title} · Onehall</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="/static/mark.svg" type="image/svg+xml"><link rel="stylesheet" href="/static/hall.css">
<script src="/static/hall.js" defer></script>{again}</head>
<body class="deep"><main class="wrap"><div class="narrow stack"><div class="card centre stack"><h1>{title}</h1><p>{what}</p>
<p class="price">{amount}</p><p role="status"{look}>{stands}</p>
<p><a class="btn" href="{back}">{go}</a></p></div></div></main></body></html>"""


@get("/pay/{payment:str}", opt={"public": True})
async def pay(request: Request[Any, Any, Any], payment: FromPath[str]) -> Response[Any]:
    """This will send the payer to the provider's page; before it is open the page asks again, after the end it says so.

    One who comes back from the provider waits here for its word, and is not sent round in a circle.
    :raises Refusal: 404.
    """
    if not is_id(payment):
        raise missing("payment")
    hall: Hall = request.app.state.hall
    async with hall.store.edge(payment) as tx:
        found = await billing.queries.payment(tx, payment)
    looks = request.query_params.get("returned", "0")
    returned = int(looks) if looks.isdecimal() and len(looks) < 4 else 0
    returned = returned or int(bool(found.url) and request.headers.get("referer") == found.url)
    if found.status == "pending" and found.url and not returned:
        return Redirect(found.url, status_code=303)
    page = _page(found, request.state.who.language, returned)
    return Response(page, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


def _page(payment: Payment, language: str, returned: int) -> str:
    def say(text: Text | str) -> str:
        return escape(text if isinstance(text, str) else text.render(language))

    pending, look = payment.status == "pending", _again(payment, returned)
    stands = _RETURNED if pending and returned else _STANDS[payment.status]
    journey = (payment.to_journey or "").split("/")[0] if payment.channel == "web" else ""
    return _PAGE.format(
        language=language, title=say(_("Payment")), what=say(payment.text), amount=escape(show(payment.amount, language)),
        stands=say(stands), go=say(_("Back to the hall")), back=f"/j/{journey}" if journey else "/",
        look=f' data-again="{look}"' if look else "",
        again=f'<noscript><meta http-equiv="refresh" content="1; url={look}"></noscript>' if look else "",
    )  # fmt: skip


def _again(payment: Payment, returned: int) -> str:
    """Where the page looks again while something may still come: one who returned from the bank sees its word, even when it is late."""
    if returned and payment.status in ("pending", "expired") and returned < LOOKS_MAX:
        return f"/pay/{payment.id}?returned={returned + 1}"
    return f"/pay/{payment.id}" if payment.status == "pending" and not returned else ""
