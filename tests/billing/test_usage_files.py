"""Files of use are taken in whatever their form, each record once; what is bad is named by its line, what is early waits."""

import gzip
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from onehall.kernel.clock import MovableClock
from onehall.kernel.settings import changed
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from onehall.launch.trouble import Trouble
from tests.billing import using
from tests.billing.using import HEAD, file, line, load, plan, rows, totals

CALL = "1,13900000001,voice_min,{},2026-03-02T10:00:00"
USED = "SELECT record, kind, amount, at::text, peer, zone, version, status FROM usage ORDER BY record"


def _counts(report: using.Loaded) -> tuple[int, int, int, int, int]:
    one = report.counts
    return one.added, one.corrected, one.known, one.waiting, report.refused


async def test_columns_in_any_order_units_zones_and_corrections(store: Store, tmp_path: Path) -> None:
    await line(store, "13900000001", await plan(store))
    head = "at,unit,record,number,kind,amount,peer,zone,version,withdrawn,more"
    path = file(
        tmp_path, "2026-03-02T10:00:00,s,1,13900000001,voice_min,61,01088886666,,,,x",
        "2026-03-02T10:00:00Z,GB,2,13900000001,data_mb,0.5,,HK,,,x",
        '"2026-03-02",bytes,"3",13900000001,data_mb,1048576,,,0,no,"a,b"', "2026-03-03,,4,13900000001,sms,1,,,,,x", "",
        "2026-03-03,,4,13900000001,sms,2,,,1,,x", "2026-03-04,min,5,13900000001,voice_min,3,,,,,x",
        "2026-03-04,,5,13900000001,voice_min,3,,,2,true,x",
        head=head,
    )  # fmt: skip
    assert _counts(await load(store, path)) == (4, 1, 2, 0, 0)
    found = await rows(store, USED)
    assert [row[:1] + row[3:] for row in found] == [
        ("1", "2026-03-02 02:00:00+00", "01088886666", None, 0, "rated"), ("2", "2026-03-02 10:00:00+00", None, "HK", 0, "rated"),
        ("3", "2026-03-01 16:00:00+00", None, None, 0, "rated"), ("4", "2026-03-02 16:00:00+00", None, None, 1, "rated"),
        ("5", "2026-03-03 16:00:00+00", None, None, 2, "rejected"),
    ]  # fmt: skip
    assert [row[2] for row in found] == [Decimal("1.016666666666"), 512, 1, 2, 3]  # 61 s, half a GB, 2**20 bytes
    assert (await totals(store))["drawn"] == 2 + 100 + 2  # minutes begun, all MB there are, messages


async def test_lines_of_json_and_gzip(store: Store, tmp_path: Path) -> None:
    await line(store, "13900000001", await plan(store))
    path = tmp_path / "use.jsonl.gz"
    path.write_bytes(gzip.compress(
        b'{"record": 1, "number": 13900000001, "kind": "sms", "amount": 1, "at": "2026-03-02T10:00:00Z", "other": [1]}\r\n\n'
        b'{"record": "2", "number": "13900000001", "kind": "data_mb", "amount": 0.1, "at": "2026-03-02T10:00:00+08:00", "unit": "KB"}\n'
        b'{"record": "3", "number": "13900000001", "kind": "sms", "amount": "1", "at": "2026-03-02T10:00:00Z", "withdrawn": false}\n'
        b'{"record": "4", "number": "13900000001", "kind": "sms"\n{"record": "5", "number": "13900000001", "kind": "sms", '
        b'"amount": 1e999999, "at": "2026-03-02"}\n["6"]\n{"record": "\xff"}'
    ))  # fmt: skip
    report = await load(store, path)
    assert (_counts(report), [number for number, _why in report.named]) == ((3, 0, 0, 0, 4), [5, 6, 7, 8])
    assert [row[2] for row in await rows(store, USED)] == [1, Decimal("0.000097656250"), 1]  # 0.1 / 1024, exact


@pytest.mark.parametrize(("row", "why"), [
    ("1,13900000001,sms,1", "it has 4 columns, not 5"), (",13900000001,sms,1,2026-03-02", "The record has no name."),
    ("1,139 1,sms,1,2026-03-02", "139 1 is not a number of ours or anyone's."),
    ("1,13900000001,SMS,1,2026-03-02", "SMS is not a service."),
    ("1,13900000001,sms,-1,2026-03-02", "-1 is not an amount of zero or more."),
    ("1,13900000001,sms,NaN,2026-03-02", "NaN is not an amount of zero or more."),
    ("1,13900000001,sms,1e3,2026-03-02", "1e3 is not an amount of zero or more."),
    ("1,13900000001,sms,1,yesterday", "yesterday is not a time."),
    ("1,13900000001,sms,1,0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00 is not a time."),
    ("1,13900000001,sms,1,2999-01-01", "2999-01-01 has not come yet."), ('1,"13900000001,sms,1,2026-03-02', "it has 0 columns, not 5"),
])  # fmt: skip
async def test_what_cannot_be_read_is_named_and_kept_and_loses_no_good_one(store: Store, tmp_path: Path, row: str, why: str) -> None:
    await line(store, "13900000001", await plan(store))
    report = await load(store, file(tmp_path, CALL.format(1), row, CALL.format(1).replace("1,", "2,", 1)))
    assert (_counts(report), report.named) == ((2, 0, 0, 0, 1), [(3, why)])
    assert await rows(store, "SELECT line, why FROM usage_refused") == [(3, why)]
    assert await rows(store, "SELECT lines, added, refused, status FROM usage_file") == [(4, 2, 1, "done")]


async def test_a_line_without_end_costs_one_line(store: Store, tmp_path: Path) -> None:
    await line(store, "13900000001", await plan(store))
    path = file(tmp_path, CALL.format(1), "x" * 100_000, CALL.format(2).replace("1,", "2,", 1), "y" * 90_000)
    report = await load(store, path, block_bytes=1000)
    assert (_counts(report)[0], report.named) == (2, [(3, "it is longer than a record can be"), (5, "it is longer than a record can be")])


async def test_small_blocks_come_to_the_same(store: Store, tmp_path: Path) -> None:
    offering = await plan(store)
    for place in range(3):
        await line(store, f"1390000000{place}", offering)
    many = [f"{place},1390000000{place % 3},data_mb,{place}.5,2026-03-{place % 28 + 1:02}" for place in range(200)]
    report = await load(store, file(tmp_path, *many), block_bytes=777)
    assert _counts(report) == (200, 0, 0, 0, 0)
    assert await totals(store) == {
        "records": 200, "amount": 20_000, "minor": 19_701, "months": 19_701, "counted": 200, "drawn": 300, "owed": 19_701,
    }  # fmt: skip; 20,000 MB - 3 * 100, and two of the lines have begun a last one by half
    again = await load(store, file(tmp_path, *many))
    assert _counts(again) == (0, 0, 200, 0, 0) and (await totals(store))["minor"] == 19_701


@pytest.mark.slow
async def test_several_at_once_come_to_the_same(store: Store, tmp_path: Path) -> None:
    offering = await plan(store)
    for place in range(3):
        await line(store, f"1390000000{place}", offering)
    many = [f"{place},1390000000{place % 3},data_mb,{place}.5,2026-03-{place % 28 + 1:02}" for place in range(200)]
    path = file(tmp_path, *many[:99], "7", *many[99:], "8,1,sms,x,2026-03-01")
    report = await load(store, path, workers=2, block_bytes=4000)
    assert (_counts(report), [number for number, _why in report.named]) == ((200, 0, 0, 0, 2), [101, 203])
    assert (await totals(store))["minor"] == 19_701


async def test_two_sources_may_use_one_name(store: Store, tmp_path: Path) -> None:
    await line(store, "13900000001", await plan(store))
    path = file(tmp_path, CALL.format(1))
    assert [_counts(await load(store, path, source=source))[0] for source in ("a", "b", "a")] == [1, 1, 0]


async def test_files_that_are_none_are_told_in_one_line(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="lacks the columns kind, at"):
        await load(store, file(tmp_path, head="record,number,amount"))
    with pytest.raises(Trouble, match="cannot be read: No such file"):
        await load(store, tmp_path / "none.csv")
    torn = tmp_path / "torn.csv.gz"
    torn.write_bytes(gzip.compress((HEAD + "\n" + CALL.format(1) * 99).encode())[:60])
    with pytest.raises(Trouble, match="cannot be read to its end"):
        await load(store, torn)
    with pytest.raises(Trouble, match="no name of a source"):
        await load(store, file(tmp_path, CALL.format(1)), source="a b")


async def test_unknown_numbers_wait_and_are_rated_when_they_get_an_account(store: Store, tmp_path: Path) -> None:
    offering = await plan(store)
    some = [f"{place},13900000009,sms,1,2026-03-02" for place in range(7)]
    assert _counts(await load(store, file(tmp_path, *some))) == (0, 0, 0, 7, 0)
    await line(store, "13900000009", offering)
    await Worker(store).drain()
    assert await rows(store, "SELECT count(*) FROM usage_waiting") == [(0,)]
    assert ((await totals(store))["records"], (await totals(store))["minor"]) == (7, 20)  # 7 - 5 free, at 10
    assert _counts(await load(store, file(tmp_path, *some))) == (0, 0, 7, 0, 0)


async def test_records_before_the_plan_wait_for_one(store: Store, tmp_path: Path) -> None:
    offering = await plan(store)
    account = await line(store, "13900000009", offering, since=using.SINCE + timedelta(days=60))
    assert _counts(await load(store, file(tmp_path, "1,13900000009,sms,1,2026-02-02"))) == (0, 0, 0, 1, 0)
    assert await rows(store, "SELECT why FROM usage_waiting") == [("no plan was in force",)]
    other = await line(store, "13900000009", offering, until=using.SINCE + timedelta(days=60), name="before")
    await Worker(store).drain()
    assert account != other and await rows(store, "SELECT account FROM usage") == [(other,)]
    assert await rows(store, "SELECT count(*) FROM usage_waiting") == [(0,)]


async def test_a_number_that_moved_on_is_charged_to_who_had_it(store: Store, tmp_path: Path) -> None:
    offering = await plan(store)
    change = using.SINCE + timedelta(days=60)
    first = await line(store, "13900000009", offering, until=change, name="first")
    path = file(tmp_path, "1,13900000009,sms,1,2026-02-02", "2,13900000009,sms,1,2026-03-20")
    assert _counts(await load(store, path)) == (1, 0, 0, 1, 0)
    second = await line(store, "13900000009", offering, since=change, name="second")
    await Worker(store).drain()
    assert await rows(store, "SELECT record, account FROM usage ORDER BY record") == [("1", first), ("2", second)]
    assert _counts(await load(store, path)) == (0, 0, 2, 0, 0)


async def test_nothing_waits_for_ever_in_silence(store: Store, tmp_path: Path) -> None:
    from onehall.domains import billing

    assert isinstance(store.clock, MovableClock)
    await load(store, file(tmp_path, "1,13900000009,sms,1,2026-03-02", "2,13900000009,sms,1,2026-03-02"))
    today = store.clock.now().date()
    await store.run(0, lambda tx: billing.reactions.usage.plan_sweep(tx, today) or _nothing())
    with changed(usage_wait_days=3):
        for _day in range(3):
            store.clock.move(timedelta(days=1, hours=6))
            await Worker(store).drain()
            store.clock.move(timedelta(hours=2))
            await Worker(store).drain()
    told = await rows(store, "SELECT body FROM event WHERE type = 'billing.use_given_up'")
    assert [{**one[0], "type": ""} for one in told] == [
        {"type": "", "number": "13900000009", "records": 2, "why": "nobody has this number", "named": ["use:1", "use:2"]}
    ]
    assert await rows(store, "SELECT state, why, count(*) FROM usage_waiting GROUP BY 1, 2") == [("given_up", "nobody has this number", 2)]


async def _nothing() -> None:
    """Plans are left, nothing is given back."""
