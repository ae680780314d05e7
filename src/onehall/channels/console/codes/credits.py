"""To whom orders are credited: the latest that scans brought, and for one order every scan that was weighed."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from onehall.channels.console.codes import words
from onehall.channels.console.room import PAGE, about
from onehall.domains import outreach
from onehall.domains.outreach import Credit, Share, Weighed
from onehall.hall import Caller
from onehall.kernel.i18n import Text
from onehall.kernel.identity import Who
from onehall.pages import Visit, told
from onehall.pages.codes.sheet import spaced


@get("/codes/credits")
async def credits(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list the latest orders that scans brought, and the rule by which they are credited."""
    async with visit.store.edge(0) as tx:
        found = await outreach.queries.recent_credits(tx, visit.who.unit or "", PAGE)
    said = await words.names(visit)
    view = await visit.hall.glance(Caller("web", Who(language=visit.lang)), "code.rule")  # as everybody reads it
    return visit.page("codes/credits.html", rows=[shown(one, said) for one in found], rule=view.said, **await about(visit))


async def of_order(visit: Visit, credit: Credit | None) -> dict[str, Any] | None:
    """This will show to whom an order is credited and why; None as long as it was not weighed."""
    return shown(credit, await words.names(visit)) if credit else None


def shown(one: Credit, said: words.Names) -> dict[str, Any]:
    """This will show a credit with its scans."""
    return {
        "order": one.order, "access": one.access, "code": one.code, "letters": spaced(one.code) if one.code else "", "at": one.at,
        "store": said.unit(one.owner.unit), "clerk": said.person(one.owner.staff), "campaign": one.owner.campaign or "",
        "assisted": said.person(one.assisted), "source": one.source or "", "rule": one.rule,
        "shares": [_share(each, said) for each in outreach.rules.shares(one)], "scans": [_scan(each, said) for each in one.scans],
    }  # fmt: skip


def _share(one: Share, said: words.Names) -> dict[str, Any]:
    who = {"staff": said.person, "unit": said.unit}.get(one.kind, str)(one.who)
    return {"who": who, "percent": one.percent}


def _scan(one: Weighed, said: words.Names) -> dict[str, Any]:
    verdict = Text(words.VERDICTS[one.verdict].id, {"days": outreach.rules.CREDIT_DAYS} if one.verdict == "too_old" else {})
    return {
        "code": one.touch.code, "letters": spaced(one.touch.code), "at": one.touch.at, "owner": said.owner(one.touch.owner),
        "kind": words.KINDS[one.touch.kind].render(said.lang), "channel": told.channel_name(one.touch.channel, said.lang),
        "verdict": verdict.render(said.lang), "won": one.verdict == "credited",
        "parts": [words.PARTS[name].render(said.lang) for name in one.credits],
    }  # fmt: skip


ROUTES = [credits]
