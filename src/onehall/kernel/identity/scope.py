"""Who may see and do what: pure rules over Who."""

from onehall.kernel.identity.who import Who
from onehall.kernel.refusals import forbidden, missing, unknown_caller

TREE = ("operator", "province", "city", "store")
ROLES = ("clerk", "supervisor", "account_manager", "packer", "courier", "operations", "admin")
CARRIERS = frozenset({"packer", "courier"})
SCOPES = ("tmf:read", "tmf:write")


def lies_in(unit: str | None, tree: str | None) -> bool:
    """A unit lies in the subtree that its own path or a leading part of it names."""
    return bool(unit and tree) and (unit == tree or str(unit).startswith(f"{tree}."))


def can_see(who: Who, party: str | None, unit: str | None = None) -> bool:
    """A customer sees only what is theirs; staff what belongs to their part of the tree; a partner what a scope opens.

    What has no unit belongs to the operator as a whole: only staff at the root of the tree see it by unit.
    """
    if who.party is not None:
        return party is not None and who.party == party
    if who.staff is not None:
        return serves(who) and (lies_in(unit, who.unit) or (unit is None and is_root(who.unit)))
    return who.partner is not None and "tmf:read" in who.scopes


def can_change(who: Who, party: str | None, unit: str | None = None) -> bool:
    """What a caller may change is what they may see; a partner needs the scope for writing as well."""
    if who.partner is not None:
        return "tmf:write" in who.scopes
    return can_see(who, party, unit)


def is_root(unit: str | None) -> bool:
    """The operator itself is the root of the tree: a path of one word."""
    return bool(unit) and "." not in str(unit)


def check_sees(who: Who, party: str | None, unit: str | None = None, kind: str = "thing") -> None:
    """What a caller may not see is, for them, not there.

    :raises Refusal: 401 nobody is logged in; `not.found`, 404, otherwise.
    """
    if not who.known:
        raise unknown_caller()
    if not can_see(who, party, unit):
        raise missing(kind)


def serves(who: Who) -> bool:
    """Staff who only pack or carry serve no customer: they see the parcels that lie before them, and nothing of anybody else."""
    return not (who.roles and who.roles <= CARRIERS)


def check_serves(who: Who) -> None:
    """A counter, a hotline's desk and a field kit are for staff who serve customers.

    :raises Refusal: 401 nobody of the staff is logged in; 403 who only packs or carries.
    """
    if who.staff is None:
        raise unknown_caller()
    if not serves(who):
        raise forbidden()


def check_names(who: Who, party: str | None) -> None:
    """Staff of one part of the tree give nothing to a customer whose own part is not known here; a counter does that.

    :raises Refusal: 403.
    """
    if who.staff is not None and party is not None and not is_root(who.unit):
        raise forbidden()


def check_role(who: Who, *roles: str) -> None:
    """Some doings need one of certain roles; an admin holds them all.

    :raises Refusal: 401 nobody is logged in; 403 another is.
    """
    if not who.known:
        raise unknown_caller()
    if not who.is_a("admin", *roles):
        raise forbidden()


def check_scope(who: Who, scope: str) -> None:
    """A partner needs the scope; staff of operations hold both scopes by their role.

    :raises Refusal: 401 nobody is logged in; 403 without the scope.
    """
    if not who.known:
        raise unknown_caller()
    if scope not in who.scopes and not who.is_a("operations", "admin"):
        raise forbidden()
