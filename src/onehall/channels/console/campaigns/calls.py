"""The call list of a campaign: who is to be called and allows it at this moment; taken away as a file, which is told."""

import csv
import io
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.console.billing.words import figure
from onehall.channels.console.campaigns.words import LANGUAGE_NAMES, check_writer, may_write, seen, shown
from onehall.channels.console.room import PAGE, about
from onehall.domains import engage
from onehall.kernel import crypto
from onehall.kernel.events import Origin
from onehall.kernel.store import Tx
from onehall.pages import Visit, replies
from onehall.pages.visit import unit_names


@get("/campaigns/{campaign:str}/calls")
async def calls(visit: NamedDependency[Visit], campaign: FromPath[str]) -> Response[str]:
    """This will show who is to be called, with their numbers masked."""
    found = await seen(visit, campaign)
    async with visit.store.edge(0) as tx:
        listed = await engage.queries.call_list(tx, found.id)
    rows = [
        {"number": crypto.mask_phone(one.address), "language": LANGUAGE_NAMES.get(one.language, one.language), "at": one.at}
        for one in listed
    ]
    units = await unit_names(visit.store, visit.lang)
    return visit.page(
        "campaigns/calls.html", c=shown(found, units, visit.lang), rows=rows[:PAGE], count=figure(len(rows)), more=len(rows) > PAGE,
        may=may_write(visit), **await about(visit),
    )  # fmt: skip


@post("/campaigns/{campaign:str}/calls", status_code=200)
async def take(visit: NamedDependency[Visit], campaign: FromPath[str]) -> Response[Any]:
    """This will give the list as a file, as of now, and tell who took it."""
    check_writer(visit)
    found = await seen(visit, campaign)

    async def work(tx: Tx) -> list[engage.Contact]:
        listed = await engage.queries.call_list(tx, found.id)
        engage.actions.note_calls(tx, found.id, len(listed))
        return listed

    listed = await visit.store.run(0, work, Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit))
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("number", "language", "listed_at", "contact"))
    rows.writerows((one.address, one.language, one.at.isoformat(), one.id) for one in listed)
    named = {"Content-Disposition": f'attachment; filename="calls-{found.id}.csv"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=replies.SAFE | named)


ROUTES = [calls, take]
