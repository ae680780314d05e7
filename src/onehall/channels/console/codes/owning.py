"""One code: its pattern, its owners one after another, passing it on, ending it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.console.codes import words
from onehall.channels.console.room import about
from onehall.domains import outreach
from onehall.domains.outreach import Code, Owner, Tenure
from onehall.kernel.events import Origin
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.pages import Visit, forms, replies
from onehall.pages.qr import drawn


@get("/codes/{code:str}")
async def one_code(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[str]:
    """This will show a code with its owners."""
    return await _shown(visit, code)


@post("/codes/{code:str}/owner", status_code=200)
async def pass_on(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[str]:
    """This will give a code another owner; orders placed before keep theirs."""
    found = await _found(visit, code)
    form = await visit.request.form()
    try:
        owner = await _owner(visit, found, forms.text(form, "store"), forms.text(form, "clerk"), forms.text(form, "campaign").strip())

        async def act(tx: Tx) -> None:
            await outreach.actions.pass_on(tx, found.code, owner)

        await visit.store.run(outreach.queries.code_home(found.code), act, _origin(visit))
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return await _shown(visit, code, refusal.status, error=visit.words(refusal))
    return replies.go(f"/console/codes/{found.code}")


@post("/codes/{code:str}/end", status_code=200)
async def end(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[str]:
    """This will have a code lead nowhere any more."""
    found = await _found(visit, code)

    async def act(tx: Tx) -> None:
        await outreach.actions.end_code(tx, found.code)

    await visit.store.run(outreach.queries.code_home(found.code), act, _origin(visit))
    return replies.go(f"/console/codes/{found.code}")


async def _shown(visit: Visit, code: str, status: int = 200, **given: Any) -> Response[str]:
    found = await _found(visit, code)
    async with visit.store.edge(outreach.queries.code_home(found.code)) as tx:
        tenures = await outreach.queries.tenures(tx, found.code)
    async with visit.store.edge(0) as tx:
        used = await outreach.queries.used(tx, [found.code])
    said = await words.names(visit)
    return visit.page(
        "codes/code.html", status, one=words.row(found, said, used) | {"kind_name": found.kind, "batch": found.batch}, owner=found.owner,
        qr=drawn(words.address(found.code)), tenures=[_tenure(one, said) for one in reversed(tenures)], stores=await words.stores(visit),
        clerks=[(one.id, one.name, said.unit(one.unit)) for one in said.clerks if one.unit.count(".") >= 3], **await about(visit), **given,
    )  # fmt: skip


async def _found(visit: Visit, code: str) -> Code:
    letters = outreach.rules.check_code(code)
    async with visit.store.edge(outreach.queries.code_home(letters)) as tx:
        found = await outreach.queries.code(tx, letters)
    words.check_within(visit, found.owner.unit)
    return found


async def _owner(visit: Visit, code: Code, store: str, clerk: str, campaign: str) -> Owner:
    """The owner that a form names, of what the reader may give; a clerk's store comes with the clerk."""
    if code.kind == "campaign":
        return Owner(code.owner.unit, None, campaign)
    said = await words.names(visit)
    member = next((one for one in said.clerks if one.id == clerk), None)
    mine = [path for path, _name in await words.stores(visit)]
    if (clerk and member is None) or (store and store not in mine):
        raise missing(_("owner"))
    if code.kind == "clerk":
        return Owner(member.unit, member.id) if member else Owner()
    return Owner(store or code.owner.unit, member.id if member else None, None)


def _tenure(one: Tenure, said: words.Names) -> dict[str, Any]:
    return {"since": one.since, "owner": said.owner(one.owner), "by": said.person(one.by_staff)}


def _origin(visit: Visit) -> Origin:
    return Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)


ROUTES = [one_code, pass_on, end]
