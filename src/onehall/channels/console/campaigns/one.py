"""One campaign: what it says, what came of it, why some were sent nothing; and its beginning, pause and stop."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.console.billing.words import asked
from onehall.channels.console.campaigns import counted
from onehall.channels.console.campaigns.words import OUTCOMES, check_writer, contact, may_write, seen, shown, tally
from onehall.channels.console.room import about, chosen
from onehall.domains import engage
from onehall.kernel.events import Origin
from onehall.pages import Visit, forms, replies
from onehall.pages.visit import unit_names


@get("/campaigns/{campaign:str}")
async def one_campaign(visit: NamedDependency[Visit], campaign: FromPath[str]) -> Response[str]:
    """This will show a campaign with its figures and its latest contacts."""
    found = await seen(visit, campaign)
    wanted, why = chosen(visit, tuple(OUTCOMES)), asked(visit, "why")
    why = why if why in engage.rules.WHY else ""
    known = await counted.figures(visit.store, found)
    async with visit.store.edge(0) as tx:
        contacts = await engage.queries.contacts(tx, found.id, wanted, why)
    units = await unit_names(visit.store, visit.lang)
    states = [(name, one.text) for name, one in OUTCOMES.items()]
    return visit.page(
        "campaigns/one.html", c=shown(found, units, visit.lang), t=tally(known.figures, visit.lang), counted=known.at,
        may=may_write(visit), state=wanted, why=why, rows=[contact(one, visit.lang) for one in contacts], states=states,
        **await about(visit),
    )  # fmt: skip


@post("/campaigns/{campaign:str}", status_code=200)
async def move(visit: NamedDependency[Visit], campaign: FromPath[str]) -> Response[str]:
    """This will begin, pause, resume or stop a campaign."""
    check_writer(visit)
    found = await seen(visit, campaign)
    target = forms.text(await visit.request.form(), "do")
    origin = Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)
    await visit.store.run(0, lambda tx: engage.actions.move(tx, found.id, target), origin)
    return replies.go(f"/console/campaigns/{found.id}")


ROUTES = [one_campaign, move]
