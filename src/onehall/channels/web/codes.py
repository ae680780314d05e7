"""What a scanned code leads to: its landing page, a place in the store's queue, and the rule by which its sale is credited."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from onehall.channels.web import forms, replies, shelf
from onehall.channels.web.shapes import sections
from onehall.channels.web.visit import SOURCE_LENGTH_MAX, Visit
from onehall.hall import View
from onehall.kernel.refusals import missing

SCAN = "code.scan"
TICKET = "queue.ticket"
PLACE = "queue.place"
RULE = "code.rule"
WHERE = "shelf"
PLANS_SHOWN = 3


@get("/q/{code:str}", opt={"public": True})
async def landing(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[str]:
    """This will show what a code leads to: the tariff and its parts one by one, the store and what lies there."""
    code = code[:SOURCE_LENGTH_MAX]
    view = await visit.hall.start(replace(visit.caller, source=code), SCAN, {"code": code})
    if view.said is None or view.state != "done":
        return replies.refused(410, (view.said or {}).get("text"), visit.lang, visit.path, visit.about)
    said, given = view.said, view.said.get("given", {})
    plans = await shelf.plans(visit)
    plan = next((one for one in plans if one["value"] == given.get(shelf.OFFER)), None)
    place = [fact for fact in said["facts"] if fact["kind"] == WHERE]
    rest = [fact for fact in said["facts"] if fact["kind"] != WHERE]
    return visit.page(
        "code.html", code=code, said=said, plan=plan, place=place, sections=sections(rest), store=given.get("store"),
        buy=_buy(said, given), plans=[] if rest else plans[:PLANS_SHOWN], queue=any(one["function"] == TICKET for one in said["next"]),
    )  # fmt: skip


@post("/q/{code:str}/ticket", status_code=200, opt={"public": True})
async def take_ticket(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[str]:
    """This will take a number in the store's queue, and lead to it."""
    store = forms.text(await visit.request.form(), "store")
    view = await visit.hall.start(replace(visit.caller, source=code[:SOURCE_LENGTH_MAX]), TICKET, {"store": store})
    if view.said is None or view.state != "done":
        return replies.go(f"/j/{view.id}") if view.question else visit.journey(view)
    given = view.said["given"]
    return replies.go(f"/queue/{given['store']}/{given['number']}")


@get("/queue/{store:str}/{number:str}", opt={"public": True})
async def place(visit: NamedDependency[Visit], store: FromPath[str], number: FromPath[str]) -> Response[str]:
    """This will show how many stand before a number; the page looks again by itself."""
    view = await shelf.glance(visit, PLACE, {"store": store[:80], "number": number[:10]})
    if view is None or view.said is None:
        raise missing("ticket")
    facts = [fact for fact in view.said["facts"] if fact["kind"] != "ticket"]
    return visit.page("ticket.html", said=view.said, facts=facts, number=_number(view))


@get("/q/rule", opt={"public": True})
async def rule(visit: NamedDependency[Visit]) -> Response[str]:
    """This will publish the rule by which sales are credited."""
    view = await shelf.glance(visit, RULE)
    if view is None or view.said is None:
        raise missing("page")
    return visit.page("rule.html", said=view.said)


def _buy(said: dict[str, Any], given: dict[str, Any]) -> dict[str, Any] | None:
    """The first thing that can be bought here, with what the code names of it."""
    found = next((one for one in said["next"] if one["function"] in ("line.open", "pack.add")), None)
    known = {name: value for name, value in given.items() if value and name in (shelf.OFFER, "pack")}
    return {"function": found["function"], "given": known} if found and known else None


def _number(view: View) -> str:
    return next((str(fact["value"]) for fact in (view.said or {}).get("facts", []) if fact["kind"] == "ticket"), "")


ROUTES = [rule, landing, take_ticket, place]
