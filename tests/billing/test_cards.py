"""Top-up cards: one card is one top-up, whoever tries and however often; who guesses is locked out."""

import asyncio
import csv
import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from onehall.domains import billing
from onehall.domains.billing import rules
from onehall.domains.billing.api import balances
from onehall.domains.billing.model import Batch
from onehall.hall import View
from onehall.kernel import settings
from onehall.kernel.identity import Who
from onehall.kernel.ids import home_for
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import created, got
from onehall.kernel.store import Store
from tests.billing.bank import Books
from tests.conftest import ROOT

act = billing.actions
MINE = "13800000001"
YEAR = timedelta(days=365)


async def made(books: Books, count: int = 3, yuan: int = 50, life: timedelta = YEAR) -> tuple[Batch, list[tuple[str, str]]]:
    """This will make a batch; gives it with (serial, PIN) of its cards."""
    batch, chunks = await act.make_cards(books.store, count, Money(yuan * 100), books.store.clock.now() + life)
    return batch, [one async for chunk in chunks for one in chunk]


async def tried(books: Books, account: str, pin: str, token: str = "t", names: tuple[str, ...] = ()) -> Any:
    """This will redeem a PIN; gives the card or the refusal."""
    try:
        return await act.redeem(books.store, act.hash_of(rules.cards.card_pin(pin)), token, account, None, list(names))
    except Refusal as refusal:
        return refusal


def test_card_pin_tells_a_slip_of_the_finger() -> None:
    pin = rules.cards.pin_with_check(1234567890123456)
    assert len(pin) == 18 and rules.cards.card_pin(rules.cards.grouped(pin)) == pin
    for place in range(18):  # any one digit, any two neighbours
        wrong = pin[:place] + str((int(pin[place]) + 1) % 10) + pin[place + 1 :]
        swapped = pin[:place] + pin[place + 1 : place + 2] + pin[place] + pin[place + 2 :]
        for slip in {wrong, swapped} - {pin}:
            with pytest.raises(Refusal, match="card.form"):
                rules.cards.card_pin(slip)
    for words in ("", "12", "x" * 18, "１" * 18, "-" * 18):
        with pytest.raises(Refusal, match="card.form"):
            rules.cards.card_pin(words)


@pytest.mark.parametrize(("tries", "minutes"), [(4, None), (5, 10), (6, 20), (7, 40), (12, 1280), (13, 1440), (500, 1440)])
def test_locked_for_longer_each_time(tries: int, minutes: int | None) -> None:
    assert rules.cards.locked_for(tries, rules.cards.TRIES_FREE) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("cards", "fen", "days", "code"), [(0, 5000, 1, "count"), (10**7, 5000, 1, "count"), (1, 99, 1, "amount"), (1, 5000, 0, "expiry")]
)
def test_check_batch(cards: int, fen: int, days: int, code: str) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    with pytest.raises(Refusal, match=f"cards.{code}"):
        rules.cards.check_batch(cards, Money(fen), now + timedelta(days=days), now)


def test_why_not_good() -> None:
    codes = [getattr(rules.cards.why_not_good(batch), "code", None) for batch in ("making", "active", "blocked")]
    assert codes == ["card.not_yet", None, "card.blocked"]


async def test_no_card_is_good_before_its_batch_is_whole(books: Books) -> None:
    account = await books.account(number=MINE)
    batch, chunks = await act.make_cards(books.store, 2001, Money(5000), books.store.clock.now() + YEAR)
    [(_serial, pin), *_more] = await anext(chunks)
    assert [one async for one in chunks][0][0][0].endswith("0002000")  # the second chunk; the first is kept by now
    other, chunks = await act.make_cards(books.store, 2001, Money(5000), books.store.clock.now() + YEAR)
    [(_serial, early), *_more] = await anext(chunks)
    [(_serial, last)] = await anext(chunks)
    assert [one.id for one in await act.batches_in_making(books.store)] == [other.id]
    assert [(await tried(books, account.id, one)).code for one in (early, last)] == ["card.not_yet", "card.unknown"]
    assert await books.rows("SELECT 1 FROM card WHERE batch = $1 AND status <> 'new'", other.id) == []
    assert await act.block_batch(books.store, other.id) == 2000
    with pytest.raises(Refusal, match="batch.blocked"):  # whoever is making it still
        await anext(chunks)
    assert [(await tried(books, account.id, one)).code for one in (early, last)] == ["card.blocked", "card.blocked"]
    await books.settle()
    assert await books.sums() == {}
    assert (await tried(books, account.id, pin, names=())).batch == batch.id
    assert await act.batches_in_making(books.store) == []


async def test_one_card_is_one_top_up_under_a_hundred_tries(books: Books) -> None:
    account = await books.account(number=MINE)
    _batch, [(_serial, pin), *_more] = await made(books)
    results = await asyncio.gather(*(tried(books, account.id, pin, f"t{place}") for place in range(100)))
    assert sorted(getattr(one, "code", "had") for one in results) == ["card.used"] * 99 + ["had"]
    await books.settle()
    assert await books.balance(account.id) == 5000
    assert await books.sums() == {"main": 5000, "clearing": -5000}
    assert len(await books.rows("SELECT 1 FROM card WHERE status = 'used'")) == 1


async def test_no_pin_is_kept_in_the_clear(books: Books) -> None:
    _batch, cards = await made(books)
    kept = str(await books.rows("SELECT * FROM card"))
    assert len(cards) == 3 and not any(pin in kept for _serial, pin in cards)
    assert {row["home"] for row in await books.rows("SELECT home FROM card")} == {home_for(act.hash_of(pin)) for _serial, pin in cards}


async def test_a_hundred_thousand_guesses_find_nothing(books: Books) -> None:
    await made(books, 500)
    luck = random.Random(6)
    guesses = [act.hash_of(rules.cards.pin_with_check(luck.randrange(10**16))) for _ in range(100_000)]
    found = await books.rows(
        "SELECT 1 FROM unnest($1::smallint[], $2::text[]) g(home, hash) JOIN card c ON c.home = g.home AND c.hash = g.hash",
        [home_for(one) for one in guesses], guesses,
    )  # fmt: skip
    assert found == []
    fuzzed = ["".join(luck.choices("0123456789", k=18)) for _ in range(100_000)]
    fits = sum(int(one) % 97 == 1 for one in fuzzed)
    assert 800 < fits < 1300  # one in 97 has digits that belong together; the others are not looked up at all


async def test_who_guesses_is_locked_out_and_longer_each_time(books: Books) -> None:
    account = await books.account(number=MINE)
    _batch, [(_serial, pin), *_more] = await made(books)
    names = (f"account:{account.id}",)
    wrong = [await tried(books, account.id, rules.cards.pin_with_check(place), names=names) for place in range(6)]
    assert [one.code for one in wrong] == ["card.unknown"] * 5 + ["card.locked"]
    assert wrong[-1].status == 429 and 590 <= wrong[-1].facts["retry_after"] <= 600
    assert (await tried(books, account.id, pin, names=names)).code == "card.locked"  # not even a good one
    books.store.clock.move(timedelta(minutes=11))
    assert (await tried(books, account.id, rules.cards.pin_with_check(99), names=names)).code == "card.unknown"
    books.store.clock.move(timedelta(minutes=11))
    assert (await tried(books, account.id, pin, names=names)).code == "card.locked"  # twenty minutes now
    books.store.clock.move(timedelta(minutes=10))
    assert (await tried(books, account.id, pin, names=names)).amount == Money(5000)
    assert await books.rows("SELECT 1 FROM card_guess") == []
    await books.settle()
    assert await books.balance(account.id) == 5000


async def test_many_guesses_at_once_are_no_more_than_the_limit(books: Books) -> None:
    account = await books.account(number=MINE)
    names = (f"account:{account.id}",)
    found = await asyncio.gather(*(tried(books, account.id, rules.cards.pin_with_check(place), names=names) for place in range(60)))
    assert sorted(one.code for one in found) == ["card.locked"] * 55 + ["card.unknown"] * 5


async def test_blocked_and_expired_cards_are_worth_nothing(books: Books) -> None:
    account = await books.account(number=MINE)
    batch, [(_serial, pin), *_more] = await made(books)
    _other, [(_serial, old), *_more] = await made(books, life=timedelta(days=1))
    assert await act.block_batch(books.store, batch.id) == 3
    books.store.clock.move(timedelta(days=2))
    assert [(await tried(books, account.id, one)).code for one in (pin, old)] == ["card.blocked", "card.expired"]
    with pytest.raises(Refusal, match="batch.unknown"):
        await act.block_batch(books.store, account.id)
    await books.settle()
    assert await books.sums() == {}


async def test_money_that_finds_no_account_makes_the_card_good_again(books: Books) -> None:
    gone, account = await books.account(number=MINE), await books.account(number="13800000002")
    _batch, [(_serial, pin), *_more] = await made(books)
    await books.do(7, act.close_account, gone.id)
    assert (await tried(books, gone.id, pin)).amount == Money(5000)
    await books.settle()
    assert (await tried(books, account.id, pin)).amount == Money(5000)
    await books.settle()
    assert (await books.balance(account.id), await books.sums()) == (5000, {"main": 5000, "clearing": -5000})


async def entered(books: Books, caller: Any, view: View, value: str) -> View:
    """This will answer the open question."""
    assert view.question is not None, view
    return await books.hall.answer(caller, view.id, view.question["key"], view.question["turn"], value)


async def test_a_customer_tops_up_with_a_card(books: Books) -> None:
    account = await books.account(10, number=MINE)
    _batch, [(_serial, pin), (_serial, second), *_more] = await made(books)
    caller = books.customer(account.party)
    view = await books.hall.start(caller, "card.topup")
    with pytest.raises(Refusal):
        await entered(books, caller, view, pin[:-1] + str((int(pin[-1]) + 1) % 10))
    wrong = await entered(books, caller, view, rules.cards.pin_with_check(5))
    assert wrong.question and "There is no card with this PIN" in str(wrong.question)
    view = await entered(books, caller, wrong, rules.cards.grouped(pin))
    assert view.said and view.said["text"] == "¥50.00 has been added. Your balance is now ¥60.00."
    await books.settle()
    assert await books.balance(account.id) == 6000
    kept = str(await books.rows("SELECT * FROM journey"))
    assert pin not in kept and rules.cards.grouped(pin) not in kept
    again = await entered(books, caller, await books.hall.start(caller, "card.topup"), pin)
    assert again.question and "This card was used already" in str(again.question)
    friend = await books.account(home=9, number="13800000009")  # lives elsewhere
    view = await books.hall.start(caller, "card.topup", {"number": "13800000009", "pin": second})
    assert view.said and view.said["text"] == "¥50.00 is on its way to 13800000009."
    await books.settle()
    assert (await books.balance(friend.id), await books.balance(account.id)) == (5000, 6000)


async def test_a_partner_tops_up_with_a_voucher(books: Books) -> None:
    account = await books.account(number=MINE)
    _batch, [(_serial, pin), *_more] = await made(books)
    partner = Who(partner="wing", scopes=frozenset({"tmf:read", "tmf:write"}))
    for voucher, status, balance in ((pin, "completed", 5000), (pin, "failed", 5000), (rules.cards.pin_with_check(7), "failed", 5000)):
        body = {"amount": {"amount": 50, "units": "CNY"}, "bucket": {"id": account.id}, "voucher": voucher}
        answer = json.loads((await created(books.store, balances.TOP_UP, partner, json.dumps(body).encode())).body)
        assert (answer["status"], answer["voucher"]) == ("created", f"*{voucher[-2:]}")
        await books.settle()
        shown = json.loads((await got(books.store, balances.TOP_UP, partner, answer["id"])).body)
        assert (shown["status"], await books.balance(account.id)) == (status, balance)
    with pytest.raises(Refusal, match="card.form"):
        body["voucher"] = "1" * 18
        await created(books.store, balances.TOP_UP, partner, json.dumps(body).encode())
    assert len(await books.rows("SELECT 1 FROM balance_action WHERE kind = 'topup'")) == 3
    assert pin not in str(await books.rows("SELECT * FROM balance_action")) + str(await books.rows("SELECT * FROM job"))


def test_a_command_that_is_killed_leaves_no_good_card_and_the_next_one_tells(database: str, tmp_path: Path) -> None:
    env = {"DATABASE_URL": database, "ONEHALL_SECRET": "c" * 48, "ONEHALL_HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    out, words = tmp_path / "pins.csv", [sys.executable, "-m", "onehall.cli", "cards"]
    making = subprocess.Popen([*words, "--count", "900000", "--out", str(out)], env=env, cwd=ROOT / "src")
    try:
        until = time.monotonic() + 60
        while not (out.exists() and out.read_bytes().count(b"\n") > 2 * 2000):  # the first chunk is kept
            assert making.poll() is None and time.monotonic() < until
            time.sleep(0.05)
    finally:
        making.kill()
        making.wait()
    with out.open() as file:
        first = next(csv.DictReader(file))
    told = subprocess.run([*words, "--count", "5", "--out", str(out)], env=env, capture_output=True, text=True, cwd=ROOT / "src")
    assert told.returncode == 1 and "is there already" in told.stderr
    assert f"batch {first['batch']} of 900000 cards is not whole" in told.stdout + told.stderr
    assert asyncio.run(_redeemed(database, first["pin"])) == "card.not_yet"


async def _redeemed(database: str, pin: str) -> str:
    """This will try a PIN; gives the code of the refusal."""
    store = await Store(database, pool_size=2).open()
    try:
        with settings.changed(secret="c" * 48):
            await act.redeem(store, act.hash_of(rules.cards.card_pin(pin)), "t", "a", None, [])
    except Refusal as refusal:
        return refusal.code
    finally:
        await store.close()
    return ""


def test_the_command_makes_and_blocks_cards(database: str, tmp_path: Path) -> None:
    env = {"DATABASE_URL": database, "ONEHALL_SECRET": "c" * 48, "ONEHALL_HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    out = tmp_path / "pins.csv"

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "onehall.cli", "cards", *words], env=env, capture_output=True, text=True, cwd=ROOT / "src"
        )

    done = command("--count", "5", "--amount", "50", "--out", str(out))
    assert done.returncode == 0, done.stderr
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert len({rules.cards.card_pin(row["pin"]) for row in rows}) == 5 and {row["amount"] for row in rows} == {"50.00"}
    assert out.stat().st_mode & 0o777 == 0o600
    again = command("--count", "5", "--out", str(out))
    assert again.returncode == 1 and "is there already" in again.stderr
    assert command("--count", "5", "--amount", "x", "--out", str(tmp_path / "b")).returncode == 1
    blocked = command("--block", rows[0]["batch"])
    assert blocked.returncode == 0 and "5 unused cards" in blocked.stdout + blocked.stderr
