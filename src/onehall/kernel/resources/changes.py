"""That a resource changed: told in the log, and left as work for those who asked to hear of it."""

from typing import Any, Literal

from onehall.kernel import jobs
from onehall.kernel.events import Fact
from onehall.kernel.resources.audience import nobody_hears
from onehall.kernel.resources.declaration import Doc, Resource
from onehall.kernel.store import Tx

How = Literal["create", "attributeValueChange", "stateChange", "delete"]


class ResourceChanged(Fact, frozen=True, tag="resource.changed"):
    """A resource was created, changed, moved to another state or deleted. `what` is "productOrder/<id>"."""

    what: str
    api: str
    how: How
    state: str | None = None


def changed(tx: Tx, resource: Resource | tuple[str, str], subject: Doc | str, how: How) -> None:
    """This will tell that a resource changed. Said twice in one transaction it is told once.

    `resource` may be given by its api and name, for verbs that stand below its declaration. `subject` is the body as it
    is now, or only the id: then the body is read when the notice is written.
    """
    api, name = resource if isinstance(resource, tuple) else (resource.api, resource.name)
    id_ = subject if isinstance(subject, str) else str(subject["id"])
    fact = ResourceChanged(f"{name}/{id_}", api, how, _state(resource, subject))
    if any(_same(fact, told) for told in tx.told):
        return
    event = tx.tell(fact)
    if nobody_hears(tx.store, api):
        return
    doc = None if isinstance(subject, str) or isinstance(resource, tuple) else stamped(resource, subject)
    tx.later(
        "resources.changed",
        {"event": event, "at": tx.now, "api": api, "name": name, "id": id_, "how": how, "doc": doc},
        lane=f"resource|{name}|{id_}",
    )


def stamped(resource: Resource, doc: Doc) -> Doc:
    """This will give a body with its type, id and href."""
    return {"@type": resource.noun, **doc, "href": resource.href(str(doc["id"]))}


def _state(resource: Resource | tuple[str, str], subject: Doc | str) -> str | None:
    if isinstance(resource, tuple) or isinstance(subject, str) or not resource.state:
        return None
    return subject.get(resource.state)


def _same(fact: ResourceChanged, told: Any) -> bool:
    if not isinstance(told, ResourceChanged) or (told.what, told.how) != (fact.what, fact.how):
        return False
    return fact.state is None or told.state is None or fact.state == told.state


KNOWN: dict[tuple[str, str], Resource] = {}


def know(resources: "list[Resource] | tuple[Resource, ...]") -> None:
    """This will make resources known by api and name, for work that finds them by name."""
    for resource in resources:
        KNOWN[resource.api, resource.name] = resource


def named(api: str, name: str) -> Resource:
    """This will find a known resource, for verbs that stand below its declaration."""
    return KNOWN[api, name]


@jobs.job("resources.changed")
async def spread(tx: Tx, body: dict[str, Any]) -> None:
    """This will leave a notice for each listener of the API whose query fits."""
    from onehall.kernel.resources import hub

    await hub.spread(tx, body)
