"""Why a bill is not like the one before: causes by the rule, and that they always make up the whole difference."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onehall.domains.billing.model.bills import Bill, Line
from onehall.domains.billing.model.comparing import Cause
from onehall.domains.billing.rules.comparing import causes, full_fee, name_of, told
from onehall.domains.billing.rules.explaining import cause_words
from onehall.kernel.i18n import _

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


def bill(month: date, *lines: Line) -> Bill:
    """A bill with its lines."""
    total = sum(line.minor for line in lines)
    return Bill(
        home=0, id="b", no="B", account="a", party="p", unit=None, number="1", mode="postpaid", cycle=month, sequence=0, start=NOON,
        until=NOON, kind="cycle", status="sent", currency="CNY", total=total, tax=0, due=max(0, total), paid=0, credited=0, issued=NOON,
        due_on=NOON, lines=list(lines),
    )  # fmt: skip


def line(kind: str, minor: int, what: Any = "", *, offering: str = "o", month: date = JUNE, **more: Any) -> Line:
    """A line of a bill."""
    return Line(kind=kind, what=what, offering=offering, month=month, minor=minor, at=NOON, line="l", number="1", currency="CNY", **more)


def fee(name: str, minor: int, share: str = "1", full: int | None = None, kind: str = "plan") -> Line:
    """A monthly fee, or a part of one."""
    doc = {"fee": minor if full is None else full, "share": share, "kind": kind}
    return line("fee", minor, _("Monthly fee of {name}", name=name), offering=name, doc=doc)


def use(service: str, minor: int, over: int, month: date = JUNE) -> Line:
    """Use of a service beyond the allowance."""
    return line("usage", minor, "use", service=service, left_over=Decimal(over), month=month)


def discount(name: str, minor: int) -> Line:
    """A discount."""
    return line("discount", -minor, _("Discount: {name}", name=name))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([fee("A", 5900)], [fee("A", 5900)], []),
        ([], [fee("Night", 500, kind="pack")], [("New: Night", 500)]),
        ([fee("Night", 500, kind="pack")], [], [("Ended: Night", -500)]),
        ([fee("A", 5900)], [fee("B", 9900)], [("B instead of A", 4000)]),
        ([fee("A", 5900)], [fee("A", 6900)], [("New price: A", 1000)]),
        ([fee("A", 2950, "1/2", 5900)], [fee("A", 5900)], [("For another part of the month: A", 2950)]),
        # 3450 is a half of 6900: the price rose by 1000, and half a month is 3450 less
        ([fee("A", 5900)], [fee("A", 3450, "1/2", 6900)], [("For another part of the month: A", -3450), ("New price: A", 1000)]),
        ([use("voice_min", 200, 20)], [use("voice_min", 900, 90)], [("Calls: 90 minutes over instead of 20 minutes", 700)]),
        ([use("data_mb", 300, 30)], [use("data_mb", 450, 30)], [("Use: Data", 150)]),
        ([], [use("sms", 90, 9, month=MAY)], [("Use of earlier months, told late", 90)]),
        ([line("once", 2000, "New SIM")], [], [("Not again: New SIM", -2000)]),
        ([], [line("exit", 21240, "Early exit")], [("Once only: Early exit", 21240)]),
        ([discount("Spring", 1000)], [], [("Discount ended: Spring", 1000)]),
        ([], [discount("Spring", 1000)], [("New discount: Spring", -1000)]),
        ([discount("Spring", 1000)], [discount("Spring", 1500)], [("Another discount: Spring", -500)]),
        ([line("instalment", 10000, "Phone")], [], [("Paid off: Phone", -10000)]),
        ([], [line("credit", -300, "Credit")], [("Credit", -300)]),
        (
            [fee("A", 5900), use("data_mb", 0, 0), discount("Spring", 500)],
            [fee("A", 5900), use("data_mb", 700, 70), line("once", 100, "x")],
            [("Data: 70 MB over instead of 0 MB", 700), ("Discount ended: Spring", 500), ("Once only: x", 100)],
        ),
    ],
)  # fmt: skip
def test_a_difference_has_its_causes_the_biggest_first(before: list[Line], after: list[Line], said: list[tuple[str, int]]) -> None:
    found = causes(bill(MAY, *before), bill(JUNE, *after))
    assert [(cause_words(one).render(), one.minor) for one in found] == said


def test_the_same_instalment_with_another_count_is_no_cause() -> None:
    parts = [line("instalment", 10000, _("{name}, instalment {part} of {parts}", name="Phone", part=n, parts=12)) for n in (3, 4)]
    assert causes(bill(MAY, parts[0]), bill(JUNE, parts[1])) == []
    assert name_of(parts[0]) == "Phone"


def test_a_full_fee_is_known_only_where_all_lines_say_it() -> None:
    assert full_fee([fee("A", 100, "1/2", 200), fee("A", 50, "1/4", 200)]) == 400
    assert full_fee([fee("A", 100), line("fee", 5900, "A")]) is None


def test_many_causes_are_told_together() -> None:
    many = [Cause("once", str(n), n) for n in range(9, 0, -1)]
    assert [one.minor for one in told(many, 3)] == [9, 8, 28]  # 7 + 6 + 5 + 4 + 3 + 2 + 1
    assert cause_words(told(many, 3)[-1]).render() == "7 other reasons"
    assert told(many[:3], 3) == many[:3]


names = st.sampled_from(["A", "B", "C"])
minors = st.integers(-50_000, 50_000)
lines = st.one_of(
    st.builds(fee, names, minors, st.sampled_from(["1", "1/2"]), st.one_of(st.none(), minors), st.sampled_from(["plan", "pack"])),
    st.builds(use, st.sampled_from(["data_mb", "voice_min", "sms", "tv"]), minors, st.integers(0, 900), st.sampled_from([MAY, JUNE])),
    st.builds(discount, names, minors),
    st.builds(line, st.sampled_from(["fee", "once", "charge", "exit", "instalment", "credit"]), minors, names),
)
bills = st.lists(lines, max_size=12)


@given(bills, bills)
def test_the_causes_sum_exactly_to_the_difference(before: list[Line], after: list[Line]) -> None:
    earlier, later = bill(MAY, *before), bill(JUNE, *after)
    found = causes(earlier, later)
    assert sum(one.minor for one in found) == later.total - earlier.total
    assert sum(one.minor for one in told(found)) == later.total - earlier.total
    assert all(one.minor for one in found) and [abs(one.minor) for one in found] == sorted((abs(one.minor) for one in found), reverse=True)
    assert all(cause_words(one).render("zh-CN") for one in found)
