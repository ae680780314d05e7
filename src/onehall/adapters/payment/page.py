"""The bank's own pages under /sim/bank: the list of checkouts, the pay page with its two buttons, the switches."""

from html import escape
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from onehall.adapters.payment.simulated import PAGE, Checkout, SimulatedPayment
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.refusals import Refusal, missing

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
AnyRequest = Request[Any, Any, Any]
_STATES = {"open": _("Waiting for you to pay"), "paid": _("Paid"), "failed": _("Declined"), "closed": _("Closed")}
_SHEET = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><style>
body{{font:1.05rem/1.5 system-ui,sans-serif;max-width:30rem;margin:6vh auto;padding:0 1rem;background:#eef1f6;color:#17233b}}
main{{background:#fff;border-radius:1rem;padding:1.5rem;box-shadow:0 1px 4px #0002;border-top:.4rem solid #1d4b8f}}
h1{{font-size:1.2rem;margin:0}}
strong{{display:block;font-size:2.4rem}}a{{color:#1d4b8f}}table{{margin:1rem 0;width:100%;font-size:.95rem}}
td{{padding:.3rem .8rem .3rem 0;vertical-align:top}}
input{{font:inherit;padding:.3rem;color:inherit;background:none;border:1px solid #8592ad;border-radius:.4rem}}
h2{{font-size:1.05rem;margin:1.5rem 0 0}}
label{{display:flex;gap:1rem;justify-content:space-between;align-items:center}}form p{{margin:.5rem 0}}
button{{font:inherit;padding:.8rem 1.6rem;margin:.3rem .3rem .3rem 0;border-radius:.6rem;border:1px solid #8592ad;background:none;
color:inherit}}button.go{{background:#1d4b8f;color:#fff;border-color:#1d4b8f}}:focus-visible{{outline:3px solid #d98300;outline-offset:2px}}
@media (prefers-color-scheme:dark){{body{{background:#0d1220;color:#e5eaf5}}main{{background:#161e31}}a{{color:#9dc0ff}}}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""


@get(PAGE, opt={"public": True})
async def bank_list(request: AnyRequest) -> Response[str]:
    """This will list the latest checkouts and show the switches."""
    bank = _bank(request)
    language, turned = _language(request), await bank.switches.all()
    rows = "".join(
        f'<tr><td><a href="{PAGE}/{one.payment}">{escape(one.text)}</a></td><td>{escape(show(one.amount, language))}</td>'
        f"<td>{_say(_STATES[one.status], language)}</td></tr>"
        for one in await bank.latest()
    )
    boxes = "".join(
        f'<p><label><span>{_say(words, language)}</span> <input name="{name}" value="{escape(str(turned.get(name) or ""))}" size="6"'
        ' inputmode="numeric" autocomplete="off"></label></p>'
        for name, words in bank.switches.words.items()
    )
    hint = f"<p>{_say(_('1 or more turns a fault on; an empty box turns it off.'), language)}</p>"
    form = f'<form method="post" action="{PAGE}/switches">{hint}{boxes}<button>{_say(_("Set"), language)}</button></form>'
    return _sheet(_("Simulated bank"), f"<table>{rows}</table><h2>{_say(_('Faults'), language)}</h2>{form}", language)


@post(f"{PAGE}/switches", opt={"forms": "free", "public": True})
async def bank_switches(request: AnyRequest, data: Form) -> Redirect:
    """This will turn the switches: a number, or nothing for off."""
    bank = _bank(request)
    for name in bank.switches.words:
        if name in data:
            words = data[name].strip()
            if words and not (words.isascii() and words.isdecimal() and len(words) <= 6):
                raise Refusal("switch.value", _("A switch is a number, or empty for off."), 422)
            await bank.switches.turn(name, int(words) if words else None)
    return Redirect(PAGE, status_code=303)


@get(f"{PAGE}/{{payment:str}}", opt={"public": True})
async def bank_page(request: AnyRequest, payment: FromPath[str]) -> Response[str]:
    """This will show what is to be paid, with the buttons to pay and to decline.

    :raises Refusal: 404.
    """
    found = await _bank(request).checkout(payment)
    if found is None:
        raise missing(_("payment"))
    return _shown(found, _language(request))


@post(f"{PAGE}/{{payment:str}}", opt={"forms": "free", "public": True})
async def bank_press(request: AnyRequest, payment: FromPath[str], data: Form) -> Redirect:
    """This will do what the button says and send the payer back to where they came from.

    :raises Refusal: 404; 409 the checkout is over; 422 no such button.
    """
    bank = _bank(request)
    if data.get("do") not in ("pay", "decline"):
        raise Refusal("button", _("There is no such button."), 422)
    await (bank.pay(payment) if data["do"] == "pay" else bank.decline(payment))
    return Redirect(f"/pay/{payment}", status_code=303)


routes = [bank_list, bank_switches, bank_page, bank_press]


def _shown(found: Checkout, language: str) -> Response[str]:
    body = f"<p>{escape(found.text)}<strong>{escape(show(found.amount, language))}</strong></p>"
    body += f'<p role="status">{_say(_STATES[found.status], language)}</p>'
    if found.status == "open":
        body += f'<form method="post"><button class="go" name="do" value="pay">{_say(_("Pay now"), language)}</button>'
        body += f'<button name="do" value="decline">{_say(_("Decline"), language)}</button></form>'
    else:
        body += f'<p><a href="/pay/{found.payment}">{_say(_("Back to the shop"), language)}</a></p>'
    return _sheet(_("Simulated bank"), body, language)


def _sheet(title: Text, body: str, language: str) -> Response[str]:
    page = _SHEET.format(language=language, title=_say(title, language), body=body)
    return Response(page, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


def _say(text: Text, language: str) -> str:
    return escape(text.render(language))


def _language(request: AnyRequest) -> str:
    return str(request.state.who.language)


def _bank(request: AnyRequest) -> SimulatedPayment:
    bank: SimulatedPayment = request.app.state.world.payment
    return bank
