"""The provider's file against the books: days, differences with their explanation, and what a person decides."""

from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.console.billing.words import asked, cash, check_whole, cut, figure, leaves
from onehall.channels.console.room import PAGE, about, chosen, place
from onehall.domains import billing
from onehall.kernel import ids
from onehall.kernel.events import Fact, Origin
from onehall.kernel.i18n import ZONE, Text, Words, _, show
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.pages import Visit, forms, replies
from onehall.pages.states import Chip, chip
from onehall.pages.visit import names_of

STATES = ("open", "mending", "mended", "explained", "decided")
CHIPS: dict[str, Chip] = {
    "open": Chip(_("To be decided"), "warn"), "mending": Chip(_("Being mended"), "warn"),
    "mended": Chip(_("Mended"), "good"), "explained": Chip(_("Explained"), "good"), "decided": Chip(_("Decided"), "good"),
}  # fmt: skip
KINDS: dict[str, Text] = {
    "not_here": _("Not in our books"), "not_there": _("Not in the file"), "amount": _("Another amount"),
    "currency": _("Another currency"), "doubled": _("Twice in the file"), "late": _("Another day"),
    "refund_not_here": _("Refund not in our books"), "refund_not_there": _("Refund not in the file"), "unknown": _("Nothing of ours"),
}  # fmt: skip
MOVES: dict[str, Text] = {"payment": _("payments"), "refund": _("refunds")}


class FileReadAgain(Fact, frozen=True, tag="console.file_read_again"):
    """Somebody had the provider's file of a day read again."""

    day: date


@get("/reconciliation")
async def reconciliation(visit: NamedDependency[Visit], page: FromQuery[int] = 1) -> Response[str]:
    """This will list the latest days and the differences, of a day or a state if asked for."""
    check_whole(visit)
    wanted, day, at = chosen(visit, STATES), _day(asked(visit, "day")), place(page)
    async with visit.store.edge(0) as tx:
        days = await billing.queries.reconciliations(tx)
        found = await billing.queries.differences(tx, day, wanted or None, at * PAGE + 1)
    rows, more = cut(found[(at - 1) * PAGE :])
    names = await names_of(visit.store, {row.staff for row in rows if row.staff})
    kept = day.isoformat() if day else ""
    return visit.page(
        "billing/reconciliation.html", days=[_run(one, visit.lang) for one in days], day=kept, state=wanted,
        rows=[_difference(one, names, visit.lang) for one in rows], states=[(name, CHIPS[name].text) for name in STATES],
        works=any(one.status == "running" for one in days), until=(visit.store.clock.now().astimezone(ZONE) - timedelta(days=1)).date(),
        **leaves("/console/reconciliation", at, more, state=wanted, day=kept), **await about(visit),
    )  # fmt: skip


@post("/reconciliation/read", status_code=200)
async def read_again(visit: NamedDependency[Visit]) -> Response[str]:
    """This will have the provider's file of a day read and held against the books again; sent twice, it is read once."""
    check_whole(visit)
    form = await visit.request.form()
    day = _day(forms.text(form, "day"))
    if day is None:
        raise Refusal("time.invalid", _("That is no time."), 422)
    look = forms.text(form, "look")

    async def act(tx: Tx) -> None:
        await billing.actions.read_again(tx, day, int(look) if look.isascii() and look.isdigit() and len(look) < 9 else 0)
        tx.tell(FileReadAgain(day))

    await visit.store.run(0, act, Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit))
    return replies.go(f"/console/reconciliation?day={day.isoformat()}")


@post("/reconciliation/{difference:str}", status_code=200)
async def decide(visit: NamedDependency[Visit], difference: FromPath[str]) -> Response[str]:
    """This will write down what was decided on a difference, and why; decided already, it stays as it is."""
    check_whole(visit)
    form = await visit.request.form()
    if not ids.is_id(difference):
        raise missing(_("difference"))
    origin = Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)
    note = forms.text(form, "note")
    found = await visit.store.run(0, lambda tx: billing.actions.decide_difference(tx, difference, note), origin)
    return replies.go(f"/console/reconciliation?day={found.day.isoformat()}")


def _run(one: Any, lang: str) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(), "provider": one.provider, "state": chip(one.status), "lines": figure(one.lines),
        "matched": figure(one.matched), "sums": [_sum(name, one, lang) for name in sorted({*one.theirs, *one.ours})],
        "counts": [(CHIPS[name], one.counts[name]) for name in STATES if one.counts.get(name)], "started": one.started,
        "look": one.look, "works": one.status == "running",
    }  # fmt: skip


def _sum(name: str, one: Any, lang: str) -> dict[str, Any]:
    """`name` is "payment CNY": what moved, and its currency."""
    kind, _space, currency = name.partition(" ")
    theirs, ours = one.theirs.get(name, 0), one.ours.get(name, 0)
    return {
        "name": show(MOVES.get(kind, kind), lang), "theirs": cash(theirs, currency, lang), "ours": cash(ours, currency, lang),
        "fits": theirs == ours,
    }  # fmt: skip


def _difference(one: Any, names: dict[str, str], lang: str) -> dict[str, Any]:
    why: Words = one.why if isinstance(one.why, Text | str) else str(one.why)
    return {
        "id": one.id, "day": one.day.isoformat(), "kind": show(KINDS.get(one.kind, one.kind), lang), "payment": one.payment,
        "reference": one.reference, "ours": cash(one.ours, one.our_currency, lang) if one.ours is not None else "–",
        "theirs": cash(one.theirs, one.their_currency, lang) if one.theirs is not None else "–", "why": show(why, lang),
        "state": CHIPS[one.status], "open": one.status == "open", "note": one.note or "", "staff": names.get(one.staff or "", ""),
        "ended": one.ended,
    }  # fmt: skip


def _day(words: str) -> date | None:
    """:raises Refusal: `time.invalid`, 422."""
    if not words:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise Refusal("time.invalid", _("That is no time."), 422) from None


ROUTES = [reconciliation, read_again, decide]
