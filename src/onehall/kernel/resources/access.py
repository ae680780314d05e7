"""Who may see and change a resource's rows."""

from onehall.kernel import ids
from onehall.kernel.i18n import _
from onehall.kernel.identity.scope import is_root, serves
from onehall.kernel.identity.who import Who
from onehall.kernel.refusals import Refusal, forbidden, unknown_caller
from onehall.kernel.resources.declaration import Access, Resource
from onehall.kernel.resources.sql import Values

READ = "tmf:read"
WRITE = "tmf:write"


def check_read(resource: Resource, who: Who) -> None:
    """This will refuse a caller who may read nothing here: 401 to a stranger, 403 to the others."""
    _check(resource, resource.may_read, who, READ)


def check_write(resource: Resource, who: Who) -> None:
    """This will refuse a caller who may change nothing here. A browser's cookie changes nothing: another site may send it."""
    _check(resource, resource.may_write, who, WRITE)
    if who.by == "cookie":
        raise Refusal("forbidden", _("Use a bearer token here, not a browser session."), 403)


def bounds(resource: Resource, access: Access, who: Who, values: Values, *, listing: bool = False) -> list[str]:
    """This will write the conditions that keep a caller to the rows that are theirs, where access goes by ownership.

    What partners may see or change of a customer, staff may only in their part of the tree, whatever their role.
    """
    open_to_all = access is Access.PUBLIC or (access is Access.PARTNER and not resource.party)
    if open_to_all or who.partner or _whole_operator(who):
        return []
    if who.party:
        return _customer(resource, who.party, values, listing)
    if who.staff and who.unit and resource.unit:
        below = who.unit.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + ".%"
        return [f"({resource.unit} = {values.add(who.unit, 'text')} OR {resource.unit} LIKE {values.add(below, 'text')})"]
    return ["false"]


def _whole_operator(who: Who) -> bool:
    return who.staff is not None and is_root(who.unit)


def _customer(resource: Resource, party: str, values: Values, listing: bool) -> list[str]:
    if not resource.party:
        return ["false"]
    mine = [f"{resource.party} = {values.add(party, 'text')}"]
    if listing and not resource.reference and ids.is_id(party):
        mine.insert(0, f"home = {values.add(ids.home_of(party), 'smallint')}")
    return mine


def _check(resource: Resource, access: Access, who: Who, scope: str) -> None:
    if access is Access.PUBLIC and not who.partner:
        return
    if access is Access.NOBODY:
        raise forbidden()
    if not who.known:
        if access is Access.PUBLIC:
            return
        raise unknown_caller()
    if who.staff and not serves(who):
        raise forbidden()
    if who.partner and scope not in who.scopes and not (access is Access.PUBLIC and scope == READ):
        raise Refusal("forbidden.scope", _("This token lacks the scope {scope}.", scope=scope), 403)
    if who.party and (access is Access.PARTNER or not (resource.party or access is Access.PUBLIC)):
        raise forbidden()
    if access is Access.PARTNER and who.staff and not who.is_a(*resource.roles):
        raise forbidden()
