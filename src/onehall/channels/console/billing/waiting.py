"""Records that wait for a number or a plan, and files of use with their refused lines. They belong to no unit."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.console.billing.words import NUMBER_MAX, asked, check_whole, cut, figure, leaves, quantity, service
from onehall.channels.console.room import PAGE, about, place
from onehall.domains import billing
from onehall.kernel import ids
from onehall.kernel.events import Fact, Origin
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx
from onehall.pages import Visit, forms, replies
from onehall.pages.states import Chip, chip

WHY: dict[str, Text] = {
    "nobody has this number": _("Nobody has this number"), "no plan was in force": _("No plan was in force"),
    "the account is gone": _("The account is gone"), "the plan has no price for it": _("The plan has no price for it"),
}  # fmt: skip
STATES: dict[str, Chip] = {
    "waiting": chip("waiting"), "given_up": Chip(_("Given up"), "bad"), "reading": Chip(_("Being read"), "warn"), "done": chip("done"),
    "failed": chip("failed"),
}  # fmt: skip


class WaitingUseTriedAgain(Fact, frozen=True, tag="console.use_tried_again"):
    """Somebody had the records tried again that wait for a number."""

    number: str


@get("/usage/waiting")
async def waiting(visit: NamedDependency[Visit], page: FromQuery[int] = 1) -> Response[str]:
    """This will list the numbers whose records wait, the longest first; with a number, each of its records."""
    check_whole(visit)
    at, number = place(page), asked(visit, "number")
    async with visit.store.edge(0) as tx:
        found, more = cut(await billing.queries.overview.waiting_by_number(tx, (at - 1) * PAGE, PAGE + 1))
        each = await billing.queries.overview.waiting_of(tx, number) if number else []
    return visit.page(
        "billing/waiting.html", rows=[_waits(row, visit.lang) for row in found], number=number,
        records=[_record(row, use, visit.lang) for row, use in each], **leaves("/console/usage/waiting", at, more), **await about(visit),
    )  # fmt: skip


@post("/usage/waiting", status_code=200)
async def try_again(visit: NamedDependency[Visit]) -> Response[str]:
    """This will have the records tried again that wait for a number; pressed twice, each is still rated once."""
    check_whole(visit)
    number = forms.text(await visit.request.form(), "number")[:NUMBER_MAX]

    async def act(tx: Tx) -> None:
        if not any(row["state"] == "waiting" for row, _use in await billing.queries.overview.waiting_of(tx, number)):
            raise missing(_("waiting record"))
        billing.actions.waiting.look_again(tx, number)
        tx.tell(WaitingUseTriedAgain(number))

    await visit.store.run(ids.home_for(number), act, Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit))
    return replies.go("/console/usage/waiting")


@get("/usage/files")
async def files(visit: NamedDependency[Visit], page: FromQuery[int] = 1) -> Response[str]:
    """This will list files of use, the latest first, with how far each was taken in."""
    check_whole(visit)
    at = place(page)
    async with visit.store.edge(0) as tx:
        found, more = cut(await billing.queries.overview.files(tx, (at - 1) * PAGE, PAGE + 1))
    rows = [_file(row) for row in found]
    return visit.page(
        "billing/files.html", rows=rows, reading=any(row["reading"] for row in rows), at=at, **leaves("/console/usage/files", at, more),
        **await about(visit),
    )  # fmt: skip


@get("/usage/files/{file:str}")
async def one_file(visit: NamedDependency[Visit], file: FromPath[str], after: FromQuery[int] = 0) -> Response[str]:
    """This will show a file's progress and its refused lines with their reasons, from one line on."""
    check_whole(visit)
    if not ids.is_id(file):
        raise missing(_("file"))
    async with visit.store.edge(file) as tx:
        row = _file(await billing.queries.overview.file(tx, file))
        refused, more = cut(await billing.queries.overview.refused(tx, file, max(0, min(after, 2**62)), PAGE + 1))
    path = f"/console/usage/files/{file}"
    return visit.page(
        "billing/file.html", row=row, refused=[{"line": figure(one["line"]), "why": one["why"]} for one in refused],
        first=path if after > 0 else "", more=f"{path}?after={refused[-1]['line']}" if more else "", **await about(visit),
    )  # fmt: skip


def _waits(row: Any, lang: str) -> dict[str, Any]:
    return {
        "number": row["number"], "why": show(WHY.get(row["why"], row["why"]), lang), "state": STATES[row["state"]],
        "records": figure(row["records"]), "since": row["since"], "waits": row["state"] == "waiting",
    }  # fmt: skip


def _record(row: Any, use: billing.Use, lang: str) -> dict[str, Any]:
    return {
        "at": use.at, "service": show(service(use.kind), lang), "amount": show(quantity(use.kind, use.amount), lang), "source": use.source,
        "record": use.record, "version": use.version, "why": show(WHY.get(row["why"], row["why"]), lang), "state": STATES[row["state"]],
        "since": row["since"],
    }  # fmt: skip


def _file(row: Any) -> dict[str, Any]:
    counts = {name: figure(row[name]) for name in ("lines", "added", "corrected", "known", "waiting", "refused")}
    share = 100 if row["status"] == "done" else min(100, int(row["place"] * 100 / row["size"])) if row["size"] else 0
    return counts | {
        "id": row["id"], "name": row["name"], "source": row["source"], "state": STATES[row["status"]], "share": share,
        "started": row["started"], "ended": row["ended"], "reading": row["status"] == "reading", "size": figure(row["size"]),
    }  # fmt: skip


ROUTES = [waiting, try_again, files, one_file]
