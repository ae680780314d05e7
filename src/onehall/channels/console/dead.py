"""Dead letters: work that was given up after its last try, until a person has it tried again or throws it away."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.console.room import PAGE, about
from onehall.kernel import ids
from onehall.kernel.events import Fact, Origin
from onehall.kernel.i18n import _
from onehall.kernel.identity.scope import check_role
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx
from onehall.kernel.telemetry import hide_private
from onehall.kernel.worker import dead_letters, discard, revive
from onehall.pages import Visit, forms, replies

NAMED = ("order", "step", "journey", "payment", "refund", "party", "line", "number", "to", "event")
ERROR_SHOWN = 400


class DeadLetterTouched(Fact, frozen=True, tag="console.dead_letter"):
    """Somebody had given-up work tried again, or threw it away."""

    job: str
    kind: str
    did: str


@get("/dead")
async def dead(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list dead letters, newest first; they belong to no unit, so only operations see them."""
    check_role(visit.who, "operations")
    async with visit.store.edge(0) as tx:
        rows = [_shown(dict(row)) for row in await dead_letters(tx, PAGE)]
    return visit.page("dead.html", rows=rows, **await about(visit))


@post("/dead/{job:str}", status_code=200)
async def touch(visit: NamedDependency[Visit], job: FromPath[str]) -> Response[str]:
    """This will have a dead letter tried again, or throw it away, as the button says; who did it stands in the log."""
    check_role(visit.who, "operations")
    form = await visit.request.form()
    did = forms.text(form, "do")
    work = {"revive": revive, "discard": discard}.get(did)
    if work is None or not ids.is_id(job):
        raise missing(_("dead letter"))

    async def act(tx: Tx) -> None:
        if not await work(tx, job):
            raise missing(_("dead letter"))
        tx.tell(DeadLetterTouched(job, forms.text(form, "kind")[:80], did))

    await visit.store.run(ids.home_of(job), act, Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit))
    return replies.go("/console/dead")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Of a body only what names things is shown: texts to customers may hold codes."""
    fact = row["body"].get("fact") if isinstance(row["body"].get("fact"), dict) else {}
    named = {name: value for name, value in (fact | row["body"]).items() if name in NAMED and isinstance(value, str)}
    hidden = hide_private(None, "", {"error": str(row["error"] or "")[:ERROR_SHOWN], **named})
    return {
        "id": row["id"], "kind": row["kind"], "tries": row["tries"], "due": row["due"], "error": hidden.pop("error"),
        "about": ", ".join(f"{name} {value}" for name, value in hidden.items()),
    }  # fmt: skip


ROUTES = [dead, touch]
