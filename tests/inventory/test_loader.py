"""`onehall load numbers`: from prefixes or a list, twice without harm, each bad row named."""

import struct
from pathlib import Path

import pytest

from onehall.domains import inventory
from onehall.kernel.store import Store
from onehall.launch.trouble import Trouble
from onehall.loaders.numbers import Report, load_numbers, read_units

GUANGZHOU, SHENZHEN = "广东|广州|510000|020", "广东|深圳|518000|0755"


def dat(path: Path, entries: list[tuple[int, str | int, int]]) -> Path:
    """This will write a prefix file of (prefix, record or place of one, operator)."""
    records, places = b"", dict[str, int]()
    for _prefix, record, _operator in entries:
        if isinstance(record, str) and record not in places:
            places[record] = 8 + len(records)
            records += record.encode() + b"\0"
    index = b"".join(struct.pack("<iib", prefix, places[at] if isinstance(at, str) else at, owner) for prefix, at, owner in entries)
    path.write_bytes(b"2312" + struct.pack("<i", 8 + len(records)) + records + index)
    return path


async def all_of(store: Store) -> dict[str, tuple[int, str | None, str | None, int]]:
    async with store.edge(0) as tx:
        found = await tx.read("SELECT number, tier, city, unit, mask FROM number")
    return {row["number"]: (row["tier"], row["city"], row["unit"], row["mask"]) for row in found}


async def load(store: Store, path: Path, count: int = 100, **more: object) -> tuple[Report, list[str]]:
    said: list[str] = []
    return await load_numbers(store, path, count, said.append, **more), said  # type: ignore[arg-type]


async def test_numbers_are_spread_over_the_cities_of_one_operator(store: Store, tmp_path: Path) -> None:
    path = dat(tmp_path / "p.dat", [(1860020, GUANGZHOU, 2), (1860021, GUANGZHOU, 2), (1860755, SHENZHEN, 2), (1380020, GUANGZHOU, 1)])
    report, _said = await load(store, path, 100, units={"深圳": "onehall.gd.sz", "广东": "onehall.gd"})
    found = await all_of(store)
    assert (report.read, report.added, report.known, report.refused) == (100, 100, 0, [])
    assert len(found) == 100
    by_city = [(number[:7], city, unit) for number, (_tier, city, unit, _mask) in found.items()]
    assert {place: by_city.count(place) for place in set(by_city)} == {
        ("1860020", "广州", "onehall.gd"): 25, ("1860021", "广州", "onehall.gd"): 25, ("1860755", "深圳", "onehall.gd.sz"): 50,
    }  # fmt: skip
    async with store.edge(0) as tx:
        patterns = await inventory.queries.patterns(tx)
    assert {number: row[0] for number, row in found.items()} == {number: inventory.rules.tier(number, patterns) for number in found}
    assert {number: row[3] for number, row in found.items()} == {number: inventory.rules.tail_mask(number) for number in found}


async def test_a_second_run_adds_nothing_and_a_larger_count_only_adds(store: Store, tmp_path: Path) -> None:
    path = dat(tmp_path / "p.dat", [(1860020, GUANGZHOU, 2), (1860755, SHENZHEN, 2)])
    await load(store, path, 50)
    before = await all_of(store)
    again, _said = await load(store, path, 50)
    assert (again.added, again.known) == (0, 50)
    assert await all_of(store) == before
    more, _said = await load(store, path, 80)
    after = await all_of(store)
    assert (more.added, more.known, len(after)) == (30, 50, 80)
    assert before.items() <= after.items()


async def test_a_pool_ends_where_the_prefixes_do(store: Store, tmp_path: Path) -> None:
    report, said = await load(store, dat(tmp_path / "p.dat", [(1860020, GUANGZHOU, 2)]), 20_000)
    assert (report.read, report.added) == (10_000, 10_000)
    assert min(await all_of(store)) == "18600200000" and max(await all_of(store)) == "18600209999"


async def test_bad_entries_are_named_and_good_ones_kept(store: Store, tmp_path: Path) -> None:
    path = dat(
        tmp_path / "p.dat",
        [(1860020, GUANGZHOU, 2), (12, GUANGZHOU, 2), (1860021, 999_999, 2), (1860755, "no bars", 2), (1860756, SHENZHEN, 2)],
    )
    report, said = await load(store, path, 10)
    assert [refused.line for refused in report.refused] == [2, 3, 4]
    assert said[:3] == [f"line {line}: the entry names no record or no prefix of seven digits" for line in (2, 3, 4)]
    assert report.added == 10 and {number[:7] for number in await all_of(store)} == {"1860020", "1860756"}


async def test_a_list_is_read_with_its_units_and_refusals(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    path.write_text("﻿number,unit\n18600001111,onehall.gd\n186 0000 2222,\nabc\n\n18600001111\n91234567\n01234567\n", encoding="utf-8")
    report, said = await load(store, path)
    assert {number: row[2] for number, row in (await all_of(store)).items()} == {
        "18600001111": "onehall.gd",
        "18600002222": None,
        "91234567": None,
    }
    assert said == ["line 4: abc is not a phone number.", "line 8: 01234567 is not a phone number."]
    assert (report.added, report.known, len(report.refused)) == (3, 1, 2)


@pytest.mark.parametrize("content", [b"", b"2312", b"2312" + struct.pack("<i", 5000), b"2312" + struct.pack("<i", 8) + b"1234", b"x" * 100])
async def test_what_is_no_prefix_file_is_told_in_one_line(store: Store, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.dat"
    path.write_bytes(content)
    with pytest.raises(Trouble, match="is not a file of phone prefixes"):
        await load(store, path)
    assert await all_of(store) == {}


async def test_what_cannot_be_done_is_told_in_one_line(store: Store, tmp_path: Path) -> None:
    good = dat(tmp_path / "p.dat", [(1860020, GUANGZHOU, 2)])
    for path, count, more, said in (
        (tmp_path / "none.dat", 1, {}, "cannot be read"), (good, 0, {}, "count must be"),
        (good, 1, {"operator": "nobody"}, "no operator nobody"),
    ):  # fmt: skip
        with pytest.raises(Trouble, match=said):
            await load(store, path, count, **more)
    with pytest.raises(Trouble, match="cannot be read"):
        read_units(tmp_path / "none.csv")
    (tmp_path / "units.csv").write_text("广州,onehall.gd.gz\n\nx\n", encoding="utf-8")
    assert read_units(tmp_path / "units.csv") == {"广州": "onehall.gd.gz"}
    assert read_units(None) == {}


async def test_the_real_prefixes_stock_numbers_of_every_city(store: Store, shared: Path) -> None:
    path = shared / "data" / "numbering" / "cn_phone_prefix_2312.dat"
    if not path.exists():
        pytest.skip("needs ../shared/data/numbering/cn_phone_prefix_2312.dat")
    report, _said = await load(store, path, 3_450)
    found = await all_of(store)
    assert (report.added, len(found)) == (3_450, 3_450)
    cities = [row[1] for row in found.values()]
    assert len(set(cities)) == 345  # as many records as Unicom's prefixes name
    assert cities.count("广州") == 10  # 3450 / 345
