"""A batch of cards that was broken off is gone on with in its own file, and has exactly the cards that were asked for."""

import asyncio
import csv
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from onehall.domains import billing
from onehall.domains.billing import rules
from onehall.kernel import settings
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from tests.billing.bank import Books
from tests.billing.test_cards import YEAR, tried
from tests.conftest import ROOT

act = billing.actions
CARDS, KILLS = 20_000, 4


def test_serials_and_check_serials() -> None:
    assert rules.cards.serials("abcdefghijkl", 3) == ["ABCDEFGHI0000000", "ABCDEFGHI0000001", "ABCDEFGHI0000002"]
    rules.cards.check_serials("abcdefghijkl", 3, ["ABCDEFGHI0000002", "ABCDEFGHI0000000"])
    for wrong in (["ABCDEFGHI0000003"], ["XBCDEFGHI0000000"], ["ABCDEFGHI0000001"] * 2):
        with pytest.raises(Refusal, match="batch.other_file"):
            rules.cards.check_serials("abcdefghijkl", 3, wrong)


async def test_what_is_left_is_made_and_what_was_only_written_is_kept(books: Books) -> None:
    account = await books.account(number="13800000001")
    batch, chunks = await act.make_cards(books.store, 4500, Money(5000), books.store.clock.now() + YEAR)
    written = [*await anext(chunks), *await anext(chunks)]  # killed: the first 2,000 are kept, the others only written down
    with pytest.raises(Refusal, match="batch.other_file"):
        await act.resume_cards(books.store, batch.id, written[1:])
    found, rest = await act.resume_cards(books.store, batch.id, written[:3001])
    assert found.id == batch.id
    lot = [one async for chunk in rest for one in chunk]
    cards = [*written[:3001], *lot]
    assert [serial for serial, _pin in cards] == rules.cards.serials(batch.id, 4500) and len({pin for _serial, pin in cards}) == 4500
    assert len(await books.rows("SELECT 1 FROM card WHERE batch = $1", batch.id)) == 4500
    assert [(await tried(books, account.id, pin, f"t{pin}")).batch for pin in (cards[0][1], cards[3000][1], cards[-1][1])] == [batch.id] * 3
    assert (await tried(books, account.id, written[3001][1])).code == "card.unknown"  # its line was cut off, and another has its number
    with pytest.raises(Refusal, match="batch.whole"):
        await act.resume_cards(books.store, batch.id, cards)
    with pytest.raises(Refusal, match="batch.unknown"):
        await act.resume_cards(books.store, account.id, cards)


def test_check_making() -> None:
    rules.cards.check_making("making")
    for status, code in (("active", "batch.whole"), ("blocked", "batch.blocked")):
        with pytest.raises(Refusal, match=code):
            rules.cards.check_making(status)


async def test_who_comes_second_adds_nothing_to_a_whole_batch(books: Books) -> None:
    account = await books.account(number="13800000001")
    batch, chunks = await act.make_cards(books.store, 3000, Money(5000), books.store.clock.now() + YEAR)
    written = await anext(chunks)
    _batch, one = await act.resume_cards(books.store, batch.id, written)
    _batch, other = await act.resume_cards(books.store, batch.id, written)
    first, second = await anext(one), await anext(other)
    with pytest.raises(StopAsyncIteration):
        await anext(one)
    with pytest.raises(Refusal, match="batch.whole"):
        await anext(other)
    assert len(await books.rows("SELECT 1 FROM card WHERE batch = $1", batch.id)) == 3000
    assert (await tried(books, account.id, first[0][1], "t1")).batch == batch.id
    assert (await tried(books, account.id, second[0][1], "t2")).code == "card.unknown"


async def test_a_batch_with_too_many_cards_is_never_good(books: Books) -> None:
    account = await books.account(number="13800000001")
    batch, chunks = await act.make_cards(books.store, 4001, Money(5000), books.store.clock.now() + YEAR)
    written = await anext(chunks)
    _batch, one = await act.resume_cards(books.store, batch.id, written)
    _batch, other = await act.resume_cards(books.store, batch.id, written)
    [first, *_rest], _other = await anext(one), await anext(other)
    await anext(one), await anext(other)  # both have kept 2,000 of the same numbers by now
    for going_on in (one, other):
        with pytest.raises(Refusal, match="batch.count"):
            await anext(going_on)
    assert (await tried(books, account.id, first[1])).code == "card.not_yet"


@pytest.mark.slow
def test_a_command_killed_again_and_again_makes_exactly_the_cards_that_were_asked_for(database: str, tmp_path: Path) -> None:
    env = {"DATABASE_URL": database, "ONEHALL_SECRET": "c" * 48, "ONEHALL_HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    out, words = tmp_path / "pins.csv", [sys.executable, "-m", "onehall.cli", "cards", "--out"]

    def begun(*more: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*words, str(out), *more], env=env, cwd=ROOT / "src", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    luck, lines = random.Random(7), 2000
    for kill in range(KILLS):
        making = begun("--count", str(CARDS)) if not kill else begun("--resume")
        _wait(lambda most=lines: out.exists() and out.read_bytes().count(b"\n") > most)  # type: ignore[misc]
        time.sleep(luck.uniform(0, 0.3))
        making.kill()
        making.wait()
        lines = min(CARDS - 1, out.read_bytes().count(b"\n") + 1)
    with out.open("a") as file:
        file.write("a line that was cut")
    done = subprocess.run([*words, str(out), "--resume"], env=env, cwd=ROOT / "src", capture_output=True, text=True)
    assert (done.returncode == 0 and f": {CARDS} cards" in done.stdout + done.stderr) or "whole already" in done.stderr, done
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == CARDS == len({row["serial"] for row in rows}) == len({row["pin"] for row in rows})
    assert out.stat().st_mode & 0o777 == 0o600 and len({row["batch"] for row in rows}) == 1
    assert asyncio.run(_there(database, [row["pin"] for row in rows])) == (CARDS, CARDS, "active")
    again = subprocess.run([*words, str(out), "--resume"], env=env, cwd=ROOT / "src", capture_output=True, text=True)
    assert again.returncode == 1 and "whole already" in again.stderr


def _wait(look: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not look():
        assert time.monotonic() < until
        time.sleep(0.01)


async def _there(dsn: str, pins: list[str]) -> tuple[int, int, str]:
    """How many cards there are, how many of them have one of some PINs, and how their batch stands."""
    store = await Store(dsn, pool_size=2).open()
    try:
        with settings.changed(secret="c" * 48):
            hashes = [act.hash_of(rules.cards.card_pin(pin)) for pin in pins]
        async with store.edge(0) as tx:
            [row] = await tx.read(
                """-- fan-out: a test
                   SELECT count(*)::int AS cards, count(*) FILTER (WHERE hash = ANY($1))::int AS known,
                          (SELECT status FROM card_batch) AS status FROM card""",
                hashes,
            )
            return row["cards"], row["known"], row["status"]
    finally:
        await store.close()
