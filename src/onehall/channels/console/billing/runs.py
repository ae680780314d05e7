"""Bill runs: begun for a cycle that is over, watched while they work, set against the books when they are done."""

from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.console.billing.words import cash, check_whole, figure, kind_of_charge
from onehall.channels.console.room import about
from onehall.domains import billing, catalogue
from onehall.domains.billing import RunReport
from onehall.kernel import ids
from onehall.kernel.events import Fact, Origin
from onehall.kernel.i18n import _, show
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.kernel.worker import dead_letters
from onehall.pages import Visit, forms, replies
from onehall.pages.states import chip

CYCLES_SHOWN = 24
DEAD_SHOWN = 100
ERROR_SHOWN = 400
WORK = "billing.bill_home"
WATCHED = timedelta(minutes=2)


class BillRunBegun(Fact, frozen=True, tag="console.bill_run_begun"):
    """Somebody began the bill run of a cycle, named by its first day."""

    cycle: date


@get("/runs")
async def runs(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list the latest bill runs, and offer the cycles that are over."""
    check_whole(visit)
    async with visit.store.edge(0) as tx:
        found = await billing.queries.bills.runs(tx)
        cycles = await billing.queries.overview.closed_cycles(tx)
    rows = [_run(one, visit.lang) for one in found]
    begun = {one.cycle for one in found}
    choices = [{"day": one.isoformat(), "begun": one in begun} for one in cycles[:CYCLES_SHOWN]]
    return visit.page(
        "billing/runs.html", rows=rows, works=any(row["works"] for row in rows), choices=sorted(choices, key=lambda one: one["begun"]),
        **await about(visit),
    )  # fmt: skip


@post("/runs", status_code=200)
async def begin(visit: NamedDependency[Visit]) -> Response[str]:
    """This will begin the run of a cycle that is over; begun twice it is one run, and nobody is billed twice."""
    check_whole(visit)
    cycle = _cycle(forms.text(await visit.request.form(), "cycle"))

    async def act(tx: Tx) -> str:
        if cycle not in await billing.queries.overview.closed_cycles(tx):
            raise Refusal("cycle.open", _("That cycle is not over, or nobody was charged in it."), 422)
        billing.actions.bill_runs.leave_parts(tx, await billing.actions.bill_runs.begin_run(tx, cycle))
        tx.tell(BillRunBegun(cycle))
        return billing.queries.bills.run_of(cycle)

    run = await visit.store.run(0, act, Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit))
    return replies.go(f"/console/runs/{run}")


@post("/runs/{run:str}/report", status_code=200)
async def compute(visit: NamedDependency[Visit], run: FromPath[str]) -> Response[str]:
    """This will compute again what a run came to, and all bills against the books."""
    check_whole(visit)
    if not ids.is_id(run):
        raise missing(_("bill run"))
    origin = Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)
    await visit.store.run(0, lambda tx: billing.actions.bill_runs.keep_report(tx, run), origin)
    return replies.go(f"/console/runs/{run}")


@get("/runs/{run:str}")
async def one_run(visit: NamedDependency[Visit], run: FromPath[str]) -> Response[str]:
    """This will show how far a run is, what it could not do, and, when it is done, its report against the books."""
    check_whole(visit)
    if not ids.is_id(run):
        raise missing(_("bill run"))
    async with visit.store.edge(0) as tx:
        found = await billing.queries.bills.progress(tx, run)
        kept = await billing.queries.bills.run_report(tx, run)
        faults = await billing.queries.overview.faults_of(tx, found.cycle)
        dead = [row for row in await dead_letters(tx, DEAD_SHOWN, WORK) if found.cycle.isoformat() in row["body"].get("cycles", ())]
        report = await _report(tx, kept, visit.lang) if kept else None
    awaited = found.status == "done" and (kept is None or bool(found.ended and kept.at < found.ended))
    watched = found.status != "done" or (awaited and visit.store.clock.now() - (found.ended or found.began) < WATCHED)
    return visit.page(
        "billing/run.html", run=_run(found, visit.lang), report=report, awaited=awaited, watched=watched, dead=[_dead(row) for row in dead],
        faults=[{**dict(row), "why": row["why"][:ERROR_SHOWN]} for row in faults], **await about(visit),
    )  # fmt: skip


async def _report(tx: Tx, kept: RunReport, lang: str) -> dict[str, Any]:
    """What was kept when the run was done: the lines of its bills against their totals, and all bills against the books."""
    ids_ = {*(line[1] for line in kept.lines), *(row.offering for row in kept.books)}
    names = {id_: await offering_name(tx, id_, lang) for id_ in ids_}
    sums: dict[str, int] = {}
    for _kind, _offering, currency, minor, _tax, _count in kept.lines:
        sums[currency] = sums.get(currency, 0) + minor
    return {
        "at": kept.at, "lines": [_line(row, names, lang) for row in kept.lines], "astray": kept.astray,
        "books": [_book(row, names, lang) for row in kept.books],
        "totals": [cash(minor, currency, lang) for currency, minor in kept.totals.items()],
        "sums": [_sum(sums.get(currency, 0), total, currency, lang) for currency, total in kept.totals.items()],
    }  # fmt: skip


async def offering_name(tx: Tx, id_: str, lang: str) -> str:
    """This will name an offering; one that is gone goes by its id, and what belongs to none by a dash."""
    found = await catalogue.queries.offering(tx, id_) if id_ else None
    return show(found.name, lang) if found else id_ or "–"


def _run(one: Any, lang: str) -> dict[str, Any]:
    return {
        "id": one.id, "cycle": one.cycle, "start": one.start, "until": one.until, "state": chip(one.status), "works": one.status != "done",
        "done": figure(one.done), "total": figure(one.total), "share": int(one.done * 100 / one.total) if one.total else 100,
        "accounts": figure(one.accounts), "bills": figure(one.bills), "faults": one.faults, "started": one.started, "ended": one.ended,
        "began": one.began if one.repeated else None, "resumed": one.resumed, "resumed_at": one.resumed_at,
        "seconds": f"{(one.ended - one.began).total_seconds():,.1f} s" if one.ended else "",
    }  # fmt: skip


def _sum(lines: int, bills: int, currency: str, lang: str) -> dict[str, Any]:
    return {"lines": cash(lines, currency, lang), "bills": cash(bills, currency, lang), "fits": lines == bills}


def _line(row: tuple[str, str, str, int, int, int], names: dict[str, str], lang: str) -> dict[str, Any]:
    kind, offering, currency, minor, tax, lines = row
    return {
        "kind": kind_of_charge(kind, lang), "offering": names[offering], "lines": figure(lines),
        "amount": cash(minor, currency, lang), "tax": cash(tax, currency, lang),
    }  # fmt: skip


def _book(row: Any, names: dict[str, str], lang: str) -> dict[str, Any]:
    amounts = {name: cash(getattr(row, name), row.currency, lang) for name in ("posted", "billed", "waiting", "off")}
    return amounts | {"kind": kind_of_charge(row.kind, lang), "offering": names[row.offering], "fits": row.off == 0}


def _dead(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "due": row["due"],
        "tries": row["tries"],
        "error": str(row["error"] or "")[:ERROR_SHOWN],
        "home": row["body"].get("home"),
    }


def _cycle(words: str) -> date:
    """:raises Refusal: `time.invalid`, 422."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise Refusal("time.invalid", _("That is no time."), 422) from None


ROUTES = [runs, begin, one_run, compute]
