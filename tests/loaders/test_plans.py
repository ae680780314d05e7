"""Real plans and add-ons come on sale; bad rows are named and lose no good one."""

import json
from pathlib import Path
from typing import Any

import pytest

from onehall.domains.catalogue import queries
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from onehall.launch.trouble import Trouble
from onehall.loaders.plans import load_plans
from onehall.loaders.rows import Refused

PLAN: dict[str, Any] = {"telco": "T", "planName": "A", "planType": "No contract", "data": 1.5, "talktime": 100, "sms": 0, "price": 10.5}
ADDON: dict[str, Any] = {
    "appliesToTelco": "T",
    "appliesToPlans": "All",
    "addonName": "1 GB",
    "data": 1,
    "talktime": 0,
    "sms": 0,
    "price": 2,
}


def _file(folder: Path, name: str, rows: list[Any]) -> Path:
    path = folder / name
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    return path


def _quiet(line: str) -> None:
    """Says nothing."""


async def test_the_real_ones_are_on_sale(store: Store, shared: Path) -> None:
    folder = shared / "data" / "catalogue"
    report = await load_plans(store, folder / "sg_mobile_plans.json", folder / "sg_addons.json", _quiet)
    assert (report.read, report.added, report.changed, report.known, report.refused) == (85, 85, 0, 0, [])
    async with store.edge(0) as tx:
        plans, packs = await queries.plans(tx), await queries.packs(tx)
        assert (len(plans), len(packs)) == (53, 32)
        assert {plan.fee.currency for plan in plans} == {"SGD"} and {one.gaps for one in [*plans, *packs]} == {()}
        xo = next(plan for plan in plans if plan.name.render() == "XO 78")
        assert (xo.fee, xo.contract_months) == (Money(7800, "SGD"), 24)
        assert xo.allowances == {"data_mb": 30 * 1024, "voice_min": 300, "sms": 300}
        assert [one.render() for one in xo.features] == ["Free weekend data", "24 mth HBO GO", "24 mth Entertainment Plus", "24 mth HOOQ"]
        fit = await queries.packs(tx, "sg-singtel-combo-3")
        assert sorted(one.name.render() for one in fit) == ["Data X 2", "Data X 3", "Data X 4", "Data X INFINITY"]
        for plan in plans:
            assert len(plan.allowances) < 2 or await queries.unbundled(tx, plan), plan.id


async def test_the_second_time_nothing_changes(store: Store, shared: Path) -> None:
    folder = shared / "data" / "catalogue"
    await load_plans(store, folder / "sg_mobile_plans.json", folder / "sg_addons.json", _quiet)
    async with store.edge(0) as tx:
        before = await tx.read("SELECT id, revision, doc::text FROM product_offering ORDER BY id")
    report = await load_plans(store, folder / "sg_mobile_plans.json", folder / "sg_addons.json", _quiet)
    assert (report.added, report.changed, report.known) == (0, 0, 85)
    async with store.edge(0) as tx:
        assert await tx.read("SELECT id, revision, doc::text FROM product_offering ORDER BY id") == before


async def test_bad_rows_are_named_and_the_good_ones_kept(store: Store, tmp_path: Path) -> None:
    plans = _file(tmp_path, "plans.json", [
        PLAN, {**PLAN, "planName": "B", "price": "dear"}, {**PLAN, "planName": ""}, 7, {**PLAN, "planName": "C", "planType": "for ever"},
        {**PLAN, "planName": "D", "data": -1}, {**PLAN, "planName": "E", "price": 1.005}, PLAN, {**PLAN, "planName": "F"},
    ])  # fmt: skip
    addons = _file(tmp_path, "addons.json", [ADDON, {**ADDON, "appliesToPlans": ["Z"]}, {**ADDON, "addonName": "2", "appliesToTelco": "U"}])
    said: list[str] = []
    report = await load_plans(store, plans, addons, said.append)
    assert report.refused == [
        Refused(4, "planName is missing or not a text", "plans.json"), Refused(5, "it is not an object", "plans.json"),
        Refused(9, "the same planName stands in line 2", "plans.json"), Refused(3, "price is 'dear', not a number", "plans.json"),
        Refused(6, "planType is 'for ever', not a contract that we know", "plans.json"),
        Refused(7, "data is -1, out of bounds", "plans.json"),
        Refused(8, "price is 1.005, too fine", "plans.json"), Refused(3, "it goes with no plan of T that we have", "addons.json"),
        Refused(4, "it goes with no plan of U that we have", "addons.json"),
    ]  # fmt: skip
    assert "plans.json line 3: price is 'dear', not a number" in said
    assert report.read == 12
    async with store.edge(0) as tx:
        assert [one.name.render() for one in await queries.plans(tx)] == ["A", "F"]
        assert [one.allowances for one in await queries.packs(tx)] == [{"data_mb": 1024}]
    assert (report.added, report.read) == (3, 12)


async def test_things_of_one_name_have_ids_of_their_own(store: Store, tmp_path: Path) -> None:
    rows = [PLAN, {**PLAN, "planType": "12 month contract"}]
    ids = []
    for turn in (rows, rows[::-1]):
        await load_plans(store, _file(tmp_path, "plans.json", turn), None, _quiet)
        async with store.edge(0) as tx:
            ids.append([(one.id, one.contract_months) for one in await queries.plans(tx)])
    assert ids[0] == ids[1] and len(set(ids[0])) == 2


async def test_a_broken_object_is_refused_alone(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "plans.json"
    path.write_text(f'[\n{json.dumps(PLAN)},\n{{"telco": "T", oops }},\n{json.dumps({**PLAN, "planName": "B"})}\n]')
    report = await load_plans(store, path, None, _quiet)
    assert [refused.line for refused in report.refused] == [3] and report.added == 2


@pytest.mark.parametrize("content", ["", "{}", "no json"])
async def test_a_file_that_is_no_list_is_told_in_one_line(store: Store, tmp_path: Path, content: str) -> None:
    path = tmp_path / "plans.json"
    path.write_text(content)
    with pytest.raises(Trouble, match="is not a list"):
        await load_plans(store, path, None, _quiet)
    with pytest.raises(Trouble, match="cannot be read"):
        await load_plans(store, tmp_path / "none.json", None, _quiet)
