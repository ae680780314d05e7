"""What anybody can learn: the tariff list, one plan, two plans, packs, roaming; and what the hall tells of itself."""

import pytest

from onehall.demo import tariffs
from onehall.hall import functions as hall_functions
from onehall.kernel.i18n import _, render
from onehall.kernel.identity import Who
from onehall.kernel.journeys import Caller, Engine, Row, channel
from onehall.kernel.store import Store

assert hall_functions  # loaded, so that its functions are known
GUEST = Caller("plain", Who(visitor="ann"))


@pytest.fixture
def engine(demo_store: Store) -> Engine:
    channel("plain", _("Web"), asks="choose enter confirm", proves=())
    return Engine(demo_store)


def said(row: Row, language: str = "en") -> tuple[str, dict[str, str]]:
    """The sentence and the facts as somebody reads them."""
    assert row.state == "done" and row.said
    return render(row.said["text"], language), {f["label"]: f["value"] for f in render(list(row.said.get("facts", ())), language)}


async def test_the_tariff_list_shows_every_plan_with_what_its_parts_cost_alone(engine: Engine) -> None:
    row = await engine.start("tariff.list", GUEST)
    text, facts = said(row)
    assert text == "16 plans are on sale, from ¥8.00 a month."
    assert len(facts) == len(tariffs.PLANS)
    assert facts["Hall 59"] == (
        "¥59.00 a month, 20 GB, 300 min, 50 SMS, no contract, until further notice, one by one: 10 GB ¥15.00 a month, "
        "100 minutes ¥10.00 a month, 100 messages ¥5.00 a month"
    )
    text, facts = said(row, "zh-CN")
    assert text == "在售套餐16款，每月¥8.00起。"
    assert facts["星河199元"].startswith(
        "¥199.00/月，300GB，1,000分钟，200条，24个月，提前离网按剩余每月 ¥99.00 的 50% 付违约金，长期有效，"
        "可单独办理：10GB月包 ¥15.00/月"
    )  # fmt: skip


async def test_one_plan_in_full_is_asked_for_or_brought_along(engine: Engine) -> None:
    asked = await engine.start("tariff.plan", GUEST)
    assert asked.question and asked.question["kind"] == "choose" and len(asked.question["options"]) == 16
    row = await engine.start("tariff.plan", GUEST, {"offer": "data-129"})
    text, facts = said(row)
    assert text == "Ocean 129: ¥129.00 a month."
    assert facts["Contract"] == "12 months" and facts["First month"] == "by the day"
    assert facts["Beyond that, calls"] == "¥0.15 for 1 min" and facts["Beyond that, data"] == "¥5.00 for 1 GB"
    assert facts["By itself: 10 GB"] == "¥15.00 a month" and facts["Condition"] == "You are bound for 12 months."


async def test_the_terms_of_leaving_early_stand_on_a_plans_page(engine: Engine) -> None:
    row = await engine.start("tariff.plan", GUEST, {"offer": "data-199"})
    assert row.said
    said_ = [fact["value"] for fact in render(list(row.said["facts"]), "en") if fact["label"] == "Condition"]
    assert said_ == [
        "You are bound for 24 months.", "Who leaves early pays 50% of ¥99.00 for each month that remains.",
        "Who leaves early pays discounts of the contract back, for the months that remain.",
    ]  # fmt: skip


async def test_two_plans_side_by_side(engine: Engine) -> None:
    row = await engine.start("plan.compare", GUEST, {"first": "hall-59", "second": "device-49"})
    text, facts = said(row)
    assert text == "Hall 59 and Tablet 49, side by side."
    assert (facts["Monthly fee"], facts["data"], facts["calls"]) == ("¥59.00 | ¥49.00", "20 GB | 60 GB", "300 min | 0 min")


async def test_a_plan_is_not_compared_with_itself(engine: Engine) -> None:
    row = await engine.start("plan.compare", GUEST, {"first": "hall-59", "second": "hall-59"})
    assert row.state == "asking" and row.question and row.question["key"] == "second"
    assert "hall-59" not in [option["value"] for option in row.question["options"]]


async def test_packs_and_services(engine: Engine) -> None:
    text, facts = said(await engine.start("pack.list", GUEST))
    assert text == "16 packs and 5 services are on sale." and len(facts) == 21
    assert facts["100 messages"].startswith("¥5.00 a month, 100 SMS")


async def test_roaming_by_place(engine: Engine) -> None:
    text, facts = said(await engine.start("roaming.rates", GUEST, {"place": "roam-europe"}))
    assert facts == {"data": "¥15.00 for 100 MB", "calls": "¥1.99 for 1 min", "messages": "¥0.79 for 1 SMS"}
    assert text == "Europe: ¥15.00 for 100 MB, ¥1.99 for 1 min, ¥0.79 for 1 SMS."


async def test_stores_of_a_city(engine: Engine) -> None:
    asked = await engine.start("store.list", GUEST)
    assert asked.question and [option["value"] for option in asked.question["options"]] == [
        "onehall.gd.gz",
        "onehall.gd.sz",
        "onehall.zj.hz",
    ]
    text, facts = said(await engine.start("store.list", GUEST, {"city": "onehall.gd.sz"}), "zh-CN")
    assert text == "深圳共有2家营业厅。客服热线：10016。" and list(facts) == ["深圳福田营业厅", "深圳南山营业厅"]


async def test_help_and_menu_list_what_fits_the_channel(engine: Engine) -> None:
    _text, facts = said(await engine.start("help", GUEST))
    assert facts["Tariff list"] == "CXZF" and "Help" not in facts
    asked = await engine.start("menu", GUEST)
    assert asked.question and len(asked.question["options"]) == min(30, len(facts))
    text, _facts = said(await engine.start("menu", GUEST, {"function": "tariff.list"}))
    assert text == "Tariff list: send CXZF"
