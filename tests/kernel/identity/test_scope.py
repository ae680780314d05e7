"""Who may see and do what: tables of cases."""

import msgspec
import pytest

from onehall.kernel.identity import GUEST, Who, can_change, can_see, check_role, check_scope, check_sees, lies_in
from onehall.kernel.identity.scope import check_serves
from onehall.kernel.refusals import Refusal

ANNA = Who(party="anna")
CLERK = Who(staff="c", unit="onehall.gd.gz.s1", roles=frozenset({"clerk"}))
PROVINCE = Who(staff="p", unit="onehall.gd", roles=frozenset({"supervisor"}))
ROOT = Who(staff="r", unit="onehall", roles=frozenset({"operations"}))
ADMIN = Who(staff="a", unit="onehall", roles=frozenset({"admin"}))
COURIER = Who(staff="m", unit="onehall", roles=frozenset({"courier"}))
READER = Who(partner="x", scopes=frozenset({"tmf:read"}))
WRITER = Who(partner="x", scopes=frozenset({"tmf:read", "tmf:write"}))
STORE = "onehall.gd.gz.s1"


@pytest.mark.parametrize(
    ("unit", "tree", "inside"),
    [
        ("onehall.gd.gz.s1", "onehall.gd", True),
        ("onehall.gd", "onehall.gd", True),
        ("onehall.gdx", "onehall.gd", False),
        ("onehall", "onehall.gd", False),
        (None, "onehall", False),
        ("onehall", None, False),
        ("", "", False),
    ],
)
def test_a_unit_lies_in_the_tree_that_leads_to_it(unit: str | None, tree: str | None, inside: bool) -> None:
    assert lies_in(unit, tree) is inside


@pytest.mark.parametrize(
    ("who", "party", "unit", "sees", "changes"),
    [
        (ANNA, "anna", None, True, True),
        (ANNA, "anna", STORE, True, True),
        (ANNA, "ben", None, False, False),
        (COURIER, "anna", STORE, False, False),
        (COURIER, None, None, False, False),
        (ANNA, None, None, False, False),
        (ANNA, None, STORE, False, False),
        (GUEST, "anna", None, False, False),
        (GUEST, None, None, False, False),
        (CLERK, "anna", STORE, True, True),
        (CLERK, "anna", "onehall.gd.gz.s2", False, False),
        (CLERK, "anna", "onehall.gd", False, False),
        (CLERK, "anna", None, False, False),
        (PROVINCE, "anna", STORE, True, True),
        (PROVINCE, "anna", "onehall.bj.s1", False, False),
        (ROOT, "anna", None, True, True),
        (ROOT, None, None, True, True),
        (READER, "anna", STORE, True, False),
        (WRITER, "anna", STORE, True, True),
        (Who(partner="x"), "anna", None, False, False),
    ],
)
def test_who_sees_and_changes_what(who: Who, party: str | None, unit: str | None, sees: bool, changes: bool) -> None:
    assert (can_see(who, party, unit), can_change(who, party, unit)) == (sees, changes)


@pytest.mark.parametrize(("who", "status"), [(GUEST, 401), (CLERK, 404), (Who(party="ben"), 404)])
def test_what_one_may_not_see_is_not_there(who: Who, status: int) -> None:
    with pytest.raises(Refusal) as no:
        check_sees(who, "anna", "onehall.bj")
    assert no.value.status == status


@pytest.mark.parametrize(("who", "status"), [(GUEST, 401), (ANNA, 403), (CLERK, 403), (READER, 403), (PROVINCE, 0), (ADMIN, 0)])
def test_a_role_is_needed(who: Who, status: int) -> None:
    assert _status(lambda: check_role(who, "supervisor")) == status


@pytest.mark.parametrize(("who", "status"), [(GUEST, 401), (ANNA, 403), (CLERK, 403), (READER, 403), (WRITER, 0), (ROOT, 0), (ADMIN, 0)])
def test_a_scope_is_needed(who: Who, status: int) -> None:
    assert _status(lambda: check_scope(who, "tmf:write")) == status


def _status(check) -> int:  # type: ignore[no-untyped-def]
    try:
        check()
    except Refusal as no:
        return no.status
    return 0


@pytest.mark.parametrize(("who", "code"), [(GUEST, "unauthorized"), (ANNA, "unauthorized"), (COURIER, "forbidden")])
def test_who_only_packs_or_carries_serves_no_customer(who: Who, code: str) -> None:
    check_serves(CLERK)
    check_serves(msgspec.structs.replace(COURIER, roles=frozenset({"courier", "clerk"})))
    with pytest.raises(Refusal) as refused:
        check_serves(who)
    assert refused.value.code == code
