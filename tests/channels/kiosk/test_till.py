"""Notes at a kiosk: change, notes that are too many, a house that is away, and money that nobody can use."""

from pathlib import Path
from typing import Any

import pytest

from onehall.adapters.cabinet.simulated import SimulatedCabinet
from onehall.channels.kiosk.deposits import Deposit, Wish
from onehall.channels.kiosk.devices import Devices, OutOfOrder
from onehall.channels.kiosk.journal import Journal
from onehall.channels.kiosk.teller import Away, Credited, HallTeller
from onehall.channels.kiosk.till import Till
from onehall.kernel.refusals import Refusal
from tests.conformance.people import Person
from tests.ground.counter import Counter

CASH = "SELECT -coalesce(sum(minor), 0)::bigint FROM posting WHERE book = 'cash' AND owner = 'onehall.kiosk.k1'"
BALANCE = "SELECT balance FROM billing_account WHERE party = $1"
FIRST = 44_100  # 50000 - 5900, the first month of the plan


class Line(HallTeller):
    """The house behind a line that can be cut."""

    cut = False

    async def ready(self, wish: Wish) -> None:
        """This will ask the house, if the line is there."""
        if self.cut and wish.payment:
            raise Away("cut")
        await super().ready(wish)

    async def credit(self, deposit: Deposit) -> Credited:
        """This will tell the house, if the line is there."""
        if self.cut:
            raise Away("cut")
        return await super().credit(deposit)


@pytest.fixture
def till(counter: Counter, tmp_path: Path) -> Till:
    """A till over a cabinet of its own."""
    teller = Line(counter.hall, "k1", "onehall.kiosk.k1")
    return Till(Devices(SimulatedCabinet("k1", tmp_path)), Journal(tmp_path / "journal"), teller, counter.store.clock.now)


def cabinet(till: Till) -> SimulatedCabinet:
    """The cabinet behind a till."""
    found: Any = till.devices.cabinet
    return found


async def wish(counter: Counter, person: Person, amount: str = "50") -> Wish:
    """A top-up that waits for its money."""
    view = await counter.hall.start(counter.guest("kiosk-1", "kiosk"), "topup", {"number": person.number, "amount": amount})
    assert view.question
    return Wish(view.question["amount_minor"], "s", "en", view.id, view.question["url"].rpartition("/")[2])


async def agree(counter: Counter, till: Till) -> int:
    """Drawer, journal and books say the same; gives it."""
    await counter.settle()
    drawer = cabinet(till).works.taken
    assert drawer == till.kept == await counter.one(CASH)
    return drawer


async def test_change_is_given_and_a_receipt_printed(counter: Counter, till: Till) -> None:
    person = await Person().settle(counter)
    await counter.settle()
    deposit = await till.begin(await wish(counter, person, "55"))
    cabinet(till).insert(10_000)
    await till.look()
    ended = await till.finish(deposit.id)
    assert (ended.step, ended.kept, cabinet(till).take()) == ("done", 5_500, [2_000, 2_000, 500])
    assert await agree(counter, till) == 5_500 and await counter.one(BALANCE, person.party) == FIRST + 5_500
    assert "Change: ¥45.00" in cabinet(till).works.paper[-1]
    await till.reprint(deposit.id)
    assert cabinet(till).works.paper[-1].endswith("Copy: Yes")


async def test_a_note_for_which_there_is_no_change_comes_out(counter: Counter, till: Till) -> None:
    person = await Person().settle(counter)
    await counter.settle()
    works = cabinet(till).works
    works.drawer = dict.fromkeys(works.drawer, 0)
    works.filled = dict(works.drawer)
    from onehall.adapters.cabinet import works as inside

    inside.write(cabinet(till).path, works)
    deposit = await till.begin(await wish(counter, person))
    for note in (10_000, 5_000):
        cabinet(till).insert(note)
        await till.look()
        found = await till.look()
    assert found and found.inside == 5_000 and cabinet(till).take() == [10_000]
    assert (await till.finish(deposit.id)).step == "done" and await agree(counter, till) == 5_000


async def test_notes_are_given_back_when_asked(counter: Counter, till: Till) -> None:
    person = await Person().settle(counter)
    await counter.settle()
    deposit = await till.begin(await wish(counter, person))
    cabinet(till).insert(2_000)
    await till.look()
    with pytest.raises(Refusal, match="cash.short"):
        await till.finish(deposit.id)
    assert (await till.undo(deposit.id)).step == "returned" and cabinet(till).take() == [2_000]
    assert await agree(counter, till) == 0 and await counter.one(BALANCE, person.party) == FIRST


async def test_a_top_up_waits_while_the_house_is_away_and_is_credited_once(counter: Counter, till: Till) -> None:
    person = await Person().settle(counter)
    await counter.settle()
    till.teller.cut = True  # type: ignore[attr-defined]
    with pytest.raises(Away):
        await till.begin(await wish(counter, person))
    deposit = await till.begin(Wish(0, "s", "en", number=person.number))
    for note in (5_000, 2_000):
        cabinet(till).insert(note)
        await till.look()
    ended = await till.finish(deposit.id)
    assert ended.step == "waiting" and cabinet(till).works.taken == till.kept == 7_000
    assert "credited as soon as" in cabinet(till).works.paper[-1]
    assert await till.deliver() == 0
    till.teller.cut = False  # type: ignore[attr-defined]
    assert await till.deliver() == 1 and await till.deliver() == 0
    assert await agree(counter, till) == 7_000 and await counter.one(BALANCE, person.party) == FIRST + 7_000


async def test_money_that_nobody_can_use_is_owed_in_the_books(counter: Counter, till: Till) -> None:
    till.teller.cut = True  # type: ignore[attr-defined]
    deposit = await till.begin(Wish(0, "s", "en", number="18600000000"))
    cabinet(till).insert(10_000)
    await till.look()
    await till.finish(deposit.id)
    till.teller.cut = False  # type: ignore[attr-defined]
    await till.deliver()
    found = till.one(deposit.id)
    assert found.step == "owed" and "not a number of ours" in found.why and found.payment
    assert await agree(counter, till) == 10_000
    owed = "SELECT status, minor FROM refund WHERE payment = $1"
    async with counter.store.edge(found.payment) as tx:
        row = await tx.read_one(owed, found.payment)
    assert row and row["minor"] == 10_000


async def test_a_payment_that_lapsed_meanwhile_gives_the_notes_back(counter: Counter, till: Till) -> None:
    person = await Person().settle(counter)
    await counter.settle()
    wanted = await wish(counter, person)
    deposit = await till.begin(wanted)
    cabinet(till).insert(5_000)
    await till.look()
    await counter.hall.engine.arrive(f"{wanted.journey}/pay", {"paid": False, "payment": wanted.payment})
    with pytest.raises(Refusal, match="payment.closed"):
        await till.finish(deposit.id)
    assert till.one(deposit.id).step == "returned" and cabinet(till).take() == [5_000] and await agree(counter, till) == 0


async def test_a_jam_is_told_and_the_money_goes_on_when_it_is_freed(counter: Counter, till: Till) -> None:
    person = await Person().settle(counter)
    await counter.settle()
    deposit = await till.begin(await wish(counter, person))
    cabinet(till).insert(5_000)
    await till.look()
    cabinet(till).jam("cash")
    with pytest.raises(OutOfOrder):
        await till.finish(deposit.id)
    assert till.one(deposit.id).step == "stacking"
    cabinet(till).jam("cash", False)
    assert [each.step for each in await till.recover()] == ["done"]
    assert await agree(counter, till) == 5_000 and await counter.one(BALANCE, person.party) == FIRST + 5_000
