"""The decisions of campaigns, as tables of cases."""

from datetime import UTC, datetime, timedelta

import pytest

from onehall.domains.engage import rules
from onehall.domains.engage.model import Audience, Weighed
from onehall.domains.party import Reachable, Standing
from onehall.kernel.refusals import Refusal

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # noon in Shanghai, UTC+8
ALL = frozenset({"sms", "push", "wechat", "call", "mail"})
TEXTS = {"en": "Ten gigabytes for ten yuan.", "zh-CN": "十元十个G。"}


def person(**addresses: str) -> Reachable:
    return Reachable(
        party="p", unit="onehall.gd.gz.s1", language="en", created=NOON - timedelta(days=65), addresses=addresses,
        plans=frozenset({"hall-59"})
    )  # fmt: skip


def test_quiet_until() -> None:
    day = datetime(2026, 11, 20, tzinfo=UTC)
    eight = day.replace(hour=0)  # 08:00 in Shanghai
    cases = {
        day.replace(hour=0): None, day.replace(hour=12, minute=59, second=59): None,  # 08:00:00 and 20:59:59
        day.replace(hour=13): eight + timedelta(days=1), day.replace(hour=15, minute=59): eight + timedelta(days=1),  # 21:00, 23:59
        day.replace(hour=16): eight + timedelta(days=1), day.replace(hour=23, minute=59): eight + timedelta(days=1),  # 00:00, 07:59
    }  # fmt: skip
    assert {now: rules.quiet_until(now) for now in cases} == cases


@pytest.mark.parametrize(
    ("audience", "meant"),
    [
        (Audience(), True), (Audience(parties=("p", "q")), True), (Audience(parties=("q",)), False),
        (Audience(parties=("p",), unit="onehall.zj"), False),
        (Audience(unit="onehall.gd"), True), (Audience(unit="onehall.gd.g"), False), (Audience(unit="onehall.zj"), False),
        (Audience(language="en"), True), (Audience(language="zh-CN"), False),
        (Audience(plan="hall-59"), True), (Audience(plan="hall-129"), False),
        (Audience(months_min=2), True), (Audience(months_min=3), False),  # 65 days are two months of thirty
        (Audience(unit="onehall.gd", language="zh-CN"), False),
    ],
)  # fmt: skip
def test_is_meant(audience: Audience, meant: bool) -> None:
    assert rules.is_meant(audience, person(), NOON) is meant


@pytest.mark.parametrize(
    ("standing", "had", "weighed"),
    [
        (None, 0, Weighed(why="never")), (Standing("p"), 0, Weighed(why="never")),
        (Standing("p", frozenset(), NOON), 0, Weighed(why="stopped")),
        (Standing("p", frozenset({"call"}), NOON), 0, Weighed(why="way")),
        (Standing("p", frozenset({"mail"}), NOON), 0, Weighed(why="unreachable")),
        (Standing("p", ALL, NOON), 0, Weighed("wechat")), (Standing("p", ALL - {"wechat"}, NOON), 1, Weighed("sms")),
        (Standing("p", ALL, NOON), 2, Weighed(why="cap")),
    ],
)  # fmt: skip
def test_weigh(standing: Standing | None, had: int, weighed: Weighed) -> None:
    ways = ("push", "wechat", "mail", "sms")
    assert rules.weigh(ways, person(sms="18600000001", wechat="o1", call="18600000001"), standing, had) == weighed


def test_still_allowed() -> None:
    assert rules.still_allowed("sms", Standing("p", frozenset({"sms"}), NOON))
    assert not rules.still_allowed("sms", Standing("p", frozenset({"mail"}), NOON))
    assert not rules.still_allowed("sms", None)


def test_with_opt_out() -> None:
    assert rules.with_opt_out("Ten for ten.", "sms", "en") == "Ten for ten. Reply TD to stop."
    assert rules.with_opt_out("十元十个G。", "sms", "zh-CN") == "十元十个G。回复TD退订"
    assert set(rules.OPT_OUT) == ALL


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": "x"}, "campaign.name"), ({"name": "x" * 21}, "campaign.name"),
        ({"texts": {"en": "Only English"}}, "campaign.text"), ({"texts": {**TEXTS, "en": "x" * 301}}, "campaign.text"),
        ({"ways": ()}, "campaign.ways"), ({"ways": ("sms", "sms")}, "campaign.ways"), ({"ways": ("pigeon",)}, "campaign.ways"),
        ({"audience": Audience(months_min=-1)}, "campaign.audience"), ({"audience": Audience(language="fr")}, "campaign.audience"),
        ({"audience": Audience(parties=("p",) * 1001)}, "campaign.audience"),
    ],
)  # fmt: skip
def test_check_campaign(wrong: dict, code: str) -> None:
    right = {"name": "Autumn", "texts": TEXTS, "ways": ("sms",), "audience": Audience()}
    rules.check_campaign(**right)
    with pytest.raises(Refusal) as refused:
        rules.check_campaign(**right | wrong)
    assert (refused.value.code, refused.value.status) == (code, 422)
