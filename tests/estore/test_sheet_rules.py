"""The decisions about sheets of orders, as tables of cases."""

from typing import Any

import pytest
from msgspec.structs import replace

from onehall.domains.estore import Request, SheetLine, Shelved, rules
from onehall.kernel.money import money
from tests.estore.test_rules import APPROVER, MEMBER, NOW, REQUEST, STORE, refused

LINE = SheetLine(batch="b1", place=2, store="s1", reference="1", kind="open", key="lan@acme.example", offering="hall-59", number=None,
                 phone=None, state="taken", request="r1")  # fmt: skip
PLAN = Shelved("hall-59", {"en": "Hall 59"}, money(47), money(23), money(24), "p1", "p2")
PACK = replace(PLAN, offering="pack-data-10", kind="pack")
SHOP = replace(STORE, shelf=(PLAN, PACK))
ACTIVE = replace(REQUEST, state="active", line="l1", number="18600091001")


def line_of(**row: str) -> SheetLine:
    return rules.check_order_line(row, None, "b1", "s1", 2)


def test_plain_heading() -> None:
    assert [rules.plain_heading(text) for text in (" Key ", "工号", "套餐", "手机号", "note")] == [
        "key",
        "key",
        "offering",
        "phone",
        "note",
    ]


def test_what_a_file_may_be() -> None:
    rules.check_size(rules.SHEET_BYTES_MAX)
    refused("estore.sheet", rules.check_size, rules.SHEET_BYTES_MAX + 1)
    rules.check_packed([rules.UNPACKED_BYTES_MAX])
    refused("estore.sheet", rules.check_packed, [rules.UNPACKED_BYTES_MAX, 1])
    refused("estore.sheet", rules.check_packed, [1] * (rules.PARTS_MAX + 1))
    rules.check_lines(3, 3)
    refused("estore.sheet", rules.check_lines, 4, 3)
    refused("estore.sheet", rules.check_lines, 0, 3)
    rules.check_columns(["key", "offering", "note"], ("key", "offering"))
    refused("estore.sheet", rules.check_columns, ["key"], ("key", "offering"))


def test_check_order_line() -> None:
    found = line_of(key=" Lan@Acme.example", offering="hall-59", number="186-0009 1001")
    assert (found.kind, found.key, found.number, found.reference) == ("open", "lan@acme.example", "18600091001", rules.reference_of(
        {"key": "lan@acme.example", "offering": "hall-59", "number": "186-0009 1001"}))  # fmt: skip
    assert [line_of(key="1", offering="x", kind=kind).kind for kind in ("", "开户", "Plan", "加包")] == ["open", "open", "plan", "pack"]
    for row in ({"key": "1", "offering": "x", "kind": "dance"}, {"key": "", "offering": "x"}, {"key": "1", "offering": ""},
                {"key": "1", "offering": "x", "\0formula": "yes"}):  # fmt: skip
        refused("estore.row", lambda given=row: rules.check_order_line(given, None, "b1", "s1", 2))


def test_reference_of() -> None:
    assert rules.reference_of({"reference": " PO  7 ", "key": "1"}) == "PO 7"
    assert rules.reference_of({"key": "1", "offering": "x", "number": "186"}) == "1|x|186"


def test_check_shelved_for() -> None:
    assert rules.check_shelved_for(SHOP, LINE) == PLAN
    assert rules.check_shelved_for(SHOP, replace(LINE, kind="pack", offering=PACK.offering)) == PACK
    for kind, offering in (("open", PACK.offering), ("plan", PACK.offering), ("pack", "hall-59"), ("open", "hall-99")):
        refused("estore.not_shelved", rules.check_shelved_for, SHOP, replace(LINE, kind=kind, offering=offering))


def test_check_standing() -> None:
    other = replace(ACTIVE, id="r2", line="l2", number="18600091002")
    assert rules.check_standing(MEMBER, [ACTIVE], None) == ACTIVE
    assert rules.check_standing(MEMBER, [ACTIVE, other], "18600091002") == other
    refused("estore.which_line", rules.check_standing, MEMBER, [ACTIVE, other], None)
    refused("estore.no_line", rules.check_standing, MEMBER, [replace(ACTIVE, kind="pack")], None)
    refused("estore.not_member", rules.check_standing, None, [ACTIVE], None)


def test_check_no_dearer() -> None:
    rules.check_no_dearer(money(23), money(23))
    refused("estore.dearer", rules.check_no_dearer, money(23), money("23.01"))


def test_nobody_decides_on_their_own_by_another_login() -> None:
    rules.check_decider(REQUEST, APPROVER, False)
    refused("estore.own", rules.check_decider, REQUEST, APPROVER, True)


@pytest.mark.parametrize(("line", "request_", "step", "words"), [
    ({"state": "queued"}, None, "queued", "Waits its turn."),
    ({"state": "refused", "words": "No."}, None, "refused", "No."),
    ({"state": "repeated"}, None, "repeated", "Done before; nothing was done again."),
    ({}, {"state": "asked"}, "approval", "Waits for an approver."),
    ({}, {"state": "prepared"}, "proof", "Waits for the person, who finds it in the store and shows who they are there."),
    ({"told": NOW, "told_by": "sms"}, {"state": "prepared"}, "proof",
     "Waits for the person to show who they are; a link was sent to their phone."),
    ({}, {"state": "approved"}, "begun", "The person has taken it up and is showing who they are."),
    ({}, {"state": "approved", "kind": "plan"}, "doing", "Is being set up."),
    ({}, {"state": "active"}, "done", "Is in use."),
    ({}, {"state": "active", "began": NOW}, "done", "In use from Sep 1, 2026."),
    ({}, {"state": "declined"}, "refused", "The company does not pay for it."),
    ({}, {"state": "withdrawn"}, "refused", "It came to nothing."),
])  # fmt: skip
def test_outcome_and_outcome_words(line: dict[str, Any], request_: dict[str, Any] | None, step: str, words: str) -> None:
    shown = replace(LINE, **line)
    made: Request | None = replace(REQUEST, **request_) if request_ else None
    assert rules.outcome(shown, made) == step
    assert str(rules.outcome_words(shown, made)) == words


def test_settled() -> None:
    assert rules.settled(["done", "proof", "approval", "refused", "repeated", "begun"])
    assert not rules.settled(["done", "doing"])
    assert not rules.settled(["queued"])
