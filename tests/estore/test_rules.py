"""The decisions of private shops, as tables of cases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from onehall.domains.catalogue import Offering
from onehall.domains.estore import EStore, Listed, Look, Member, Request, Terms, rules
from onehall.domains.inventory import Number
from onehall.domains.inventory.rules import is_known_in
from onehall.kernel.i18n import Named
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
TERMS = Terms(("mail", "roster"), ("acme.example",), 20, 50, 0, 3_000, 10_000)
MEMBER = Member(
    id="m1",
    store="s1",
    party="p1",
    key="lan@acme.example",
    name="Lan",
    department="",
    role="member",
    proof="mail",
    status="active",
    joined=NOW,
)
APPROVER = replace(MEMBER, id="m2", party="p2", key="he@acme.example", role="approver")
REQUEST = Request(
    id="r1", store="s1", member="m1", party="p1", key="lan@acme.example", token="t", offering="hall-59", name={}, number=None, fee=4_700,
    minor=2_350, currency="CNY", state="asked", reply_to=None, why="", asked=NOW, due=NOW,
)  # fmt: skip
STORE = EStore(
    home=1, id="s1", slug="acme", kind="enterprise", name="Acme", look=Look(), owner="o", account="a", unit=None, status="open",
    terms=TERMS, shelf=(), created=NOW,
)  # fmt: skip


def refused(code: str, rule: Any, *given: Any) -> None:
    """A rule says no, with its code."""
    with pytest.raises(Refusal) as no:
        rule(*given)
    assert no.value.code == code


@pytest.mark.parametrize("slug", ["ab", "a" * 41, "-acme", "acme-", "ac me", "ac_me", "acmé", "a/b"])
def test_check_slug_refuses(slug: str) -> None:
    refused("estore.slug", rules.check_slug, slug)


def test_check_slug_and_name_and_kind() -> None:
    assert rules.check_slug(" Acme-2 ") == "acme-2"
    assert rules.check_name("  Acme   & Sons ") == "Acme & Sons"
    assert rules.check_kind("campus").terms.proofs == ("student",)
    refused("estore.name", rules.check_name, " ")
    refused("estore.name", rules.check_name, "A" * 61)
    refused("estore.name", rules.check_name, "A\u202eB")
    refused("estore.kind", rules.check_kind, "castle")


def test_check_look() -> None:
    assert rules.check_look(Look("blue", "AC", "For us")).colour == "blue"
    for wrong in (Look("pink"), Look("blue", "ABCDE"), Look("blue", "", "x" * 121), Look("blue", "\x07")):
        refused("estore.look", rules.check_look, wrong)


def test_check_terms() -> None:
    assert rules.check_terms(TERMS) is TERMS
    for wrong in (
        replace(TERMS, discount=101),
        replace(TERMS, company_percent=-1),
        replace(TERMS, member_budget=-1),
        replace(TERMS, proofs=()),
    ):
        refused("estore.terms", rules.check_terms, wrong)
    refused("estore.domain", rules.check_terms, replace(TERMS, domains=("nonsense",)))


@pytest.mark.parametrize(("fee", "discount", "private"), [
    (5_900, 0, 5_900), (5_900, 20, 4_700),  # 47.20
    (9_900, 10, 8_900),  # 89.10
    (100, 99, 0),
])  # fmt: skip
def test_private_fee(fee: int, discount: int, private: int) -> None:
    assert rules.private_fee(Money(fee), replace(TERMS, discount=discount)) == Money(private)


@pytest.mark.parametrize(("fee", "percent", "most", "company"), [
    (4_700, 50, 0, 2_350), (4_701, 50, 0, 2_351),  # 23.505
    (8_000, 50, 3_000, 3_000), (4_700, 0, 0, 0), (4_700, 100, 0, 4_700),
])  # fmt: skip
def test_parts(fee: int, percent: int, most: int, company: int) -> None:
    found = rules.parts(Money(fee), replace(TERMS, company_percent=percent, company_most=most))
    assert found == (Money(company), Money(fee - company))


def test_check_shelved() -> None:
    plan = Offering(id="p", kind="plan", name=Named({"en": "Plan"}), fee=money(59), priced=True)
    rules.check_shelved(plan)
    rules.check_shelved(replace(plan, kind="pack"))
    refused("estore.offering", rules.check_shelved, replace(plan, kind="service"))


@pytest.mark.parametrize(("asked", "mine", "every", "needs"), [
    (0, 9_999, 99_999, False), (3_000, 0, 0, False), (3_001, 0, 0, True), (1_000, 2_001, 0, True), (1_000, 0, 9_001, True),
    (1_000, 2_000, 9_000, False),
])  # fmt: skip
def test_needs_approval(asked: int, mine: int, every: int, needs: bool) -> None:
    assert rules.needs_approval(asked, mine, every, TERMS) is needs


def test_check_decider() -> None:
    rules.check_decider(REQUEST, APPROVER)
    refused("estore.not_approver", rules.check_decider, REQUEST, None)
    refused("estore.not_approver", rules.check_decider, REQUEST, MEMBER)
    refused("estore.not_approver", rules.check_decider, REQUEST, replace(APPROVER, store="s2"))
    refused("estore.own", rules.check_decider, REQUEST, replace(APPROVER, party="p1"))
    refused("estore.own", rules.check_decider, REQUEST, replace(APPROVER, key="lan@acme.example"))


def test_is_member_and_check_member() -> None:
    student = replace(MEMBER, until=NOW)
    assert rules.is_member(student, NOW - timedelta(seconds=1)) and not rules.is_member(student, NOW)
    assert not rules.is_member(None, NOW) and not rules.is_member(replace(MEMBER, status="ended"), NOW)
    assert rules.check_member(MEMBER, NOW) is MEMBER
    refused("estore.outsider", rules.check_member, None, NOW)
    refused("estore.outsider", rules.check_member, student, NOW)


def test_check_open() -> None:
    assert rules.check_open(STORE) is STORE
    refused("not.found", rules.check_open, None)
    refused("not.found", rules.check_open, replace(STORE, status="closed"))


@pytest.mark.parametrize(
    "wrong", ["lan@mail.acme.example", "lan@acme.example.evil.example", "@acme.example", "lan", "a b@c@acme.example@x", ""]
)
def test_check_mail_refuses(wrong: str) -> None:
    refused("estore.mail", rules.check_mail, STORE, wrong)


def test_check_mail_and_plain_key() -> None:
    assert rules.check_mail(STORE, " Lan.Wei@ACME.example") == "lan.wei@acme.example"
    assert rules.plain_key("Ａ１０ 01") == "a1001"


def test_check_listed() -> None:
    one = Listed(key="1001", name="Lan Wei", since=NOW, until=NOW + timedelta(days=1))
    assert rules.check_listed(one, "lan  wei", NOW) is one
    refused("estore.not_listed", rules.check_listed, None, "Lan Wei", NOW)
    refused("estore.not_listed", rules.check_listed, one, "Lan", NOW)
    refused("estore.term", rules.check_listed, one, "Lan Wei", NOW - timedelta(seconds=1))
    refused("estore.term", rules.check_listed, one, "Lan Wei", NOW + timedelta(days=1))


def test_check_row() -> None:
    found = rules.check_row({"key": " 10 01", "name": " Lan  Wei ", "role": "Approver", "department": "Sales"}, None, None)
    assert found == Listed(key="1001", name="Lan Wei", role="approver", department="Sales")
    for wrong in (
        {"key": "", "name": "Lan"},
        {"key": "1", "name": ""},
        {"key": "1", "name": "L", "role": "boss"},
        {"key": "1|2", "name": "L"},
    ):
        refused("estore.row", rules.check_row, wrong, None, None)
    refused("estore.row", rules.check_row, {"key": "1", "name": "L"}, NOW, NOW)


@pytest.mark.parametrize(
    ("issued", "lasts", "good"), [(0, 300, True), (0, 301, False), (-300, 300, False), (59, 120, True), (61, 120, False), (0, 0, False)]
)
def test_check_entry(issued: int, lasts: int, good: bool) -> None:
    moment = int(NOW.timestamp())
    if good:
        rules.check_entry(moment + issued, moment + issued + lasts, NOW)
    else:
        refused("estore.entry", rules.check_entry, moment + issued, moment + issued + lasts, NOW)
    assert rules.bad_entry().status == 401


def test_state_words() -> None:
    assert str(rules.state_words("asked")) == "waits for an approver"


def test_is_known_in() -> None:
    private, public = Number("18600091001", "free", 0, pool="s1"), Number("18600091002", "free", 0)
    assert is_known_in(private, "s1") and is_known_in(public, None)
    assert (
        not is_known_in(private, None) and not is_known_in(private, "s2") and not is_known_in(public, "s1") and not is_known_in(None, None)
    )


@pytest.mark.parametrize(
    "origin",
    [
        "https://oa.acme.example", "https://oa", "https://10.1.2.3", "https://oa.acme.example:8443", "http://localhost:8001", "http://localhost",
        "http://127.0.0.1:65535", "https://xn--fiqs8s.example",
    ],
)  # fmt: skip
def test_check_frames_takes_an_origin(origin: str) -> None:
    rules.check_frames((origin,))
    assert rules.check_terms(replace(TERMS, frames=(origin,))).frames == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "", "oa.acme.example", "http://oa.acme.example", "https://", "https://*.acme.example", "*", "https:", "'self'", "https://oa.acme.example/",
        "https://oa.acme.example/page", "https://oa.acme.example?x", "https://oa.acme.example#x", "https://user@oa.acme.example",
        "https://oa.acme.example;", "https://oa.acme.example; script-src *", "https://oa.acme.example\n", "https://a..example", "https://-a.example",
        "https://oa.acme.example:0", "https://oa.acme.example:65536", "https://oa.acme.example:", "https://oa.acme.example:٣", "https://oá.example",
        "http://localhost.acme.example", "http://127.0.0.1.acme.example", "http://localhost@acme.example",
        "https://" + "a." * 127 + "example", "javascript:alert(1)", "data:", "null", "HTTPS://OA.ACME.EXAMPLE",
    ],
)  # fmt: skip
def test_check_frames_refuses_what_is_no_origin(origin: str) -> None:
    refused("estore.frames", rules.check_frames, (origin,))
    refused("estore.frames", rules.check_terms, replace(TERMS, frames=("https://oa.acme.example", origin)))


def test_check_frames_and_check_framed() -> None:
    five = tuple(f"https://oa{place}.acme.example" for place in range(5))
    rules.check_frames(())
    rules.check_frames(five)
    refused("estore.frames", rules.check_frames, (*five, "https://oa5.acme.example"))
    refused("estore.frame", rules.check_framed, STORE)  # a store of before frames were thought of names none
    assert rules.check_framed(replace(STORE, terms=replace(TERMS, frames=five))) == five
