"""One journey moved across every ordered pair of channels: cart, hold, price, consent and source stand as they stood."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from onehall.domains import catalogue
from onehall.hall import Caller, View
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.identity import Who
from onehall.kernel.journeys import CHANNELS, Row
from onehall.kernel.journeys.hand_over import HandOver
from onehall.kernel.journeys.rules import continue_until
from onehall.kernel.refusals import Refusal
from tests.catalogue.bodies import plan, price
from tests.conformance.handing import gives, takes
from tests.conformance.people import Person, clerk
from tests.conformance.place import Place, opened
from tests.conformance.ways import Api
from tests.ground import database as databases
from tests.ground.counter import Counter

pytestmark = pytest.mark.asyncio(loop_scope="module")
MOVED = ("line.open", "topup")
PAIRS = [
    (function, one, other)
    for function in MOVED
    for one in CHANNELS
    for other in CHANNELS
    if one != other and CHANNELS[one].fits(FUNCTIONS[function]) and CHANNELS[other].fits(FUNCTIONS[function])
]
OF_LINES = [(one, other) for function, one, other in PAIRS if function == "line.open"]
SOURCE = "shelf-7"
HELD = "SELECT concat_ws(' ', state, token, until, home) FROM number WHERE number = $1"
ENTRIES = ("api", "web", "sms", "wechat", "kiosk", "desk", "hotline", "agent")
_serials = count(1)


@pytest.fixture(scope="module")
def matrix_database(demo_template: str) -> Iterator[str]:
    """One demo database for the whole matrix."""
    name = f"t_handed_{databases.os.getpid()}"
    yield databases.clone(demo_template, name)
    databases.drop(name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(matrix_database: str) -> AsyncIterator[Place]:
    """The house over it, worked by hand, with a client and a clerk's browser."""
    async with opened(matrix_database) as made:
        yield made


def somebody(counter: Counter, channel: str, person: Person, *, known: bool) -> Caller:
    """Whoever stands in a channel: a guest or the customer, a clerk for them, or their program."""
    serial, front = next(_serials), CHANNELS[channel]
    if front.programs:
        return Caller(channel, Who(agent=f"grant-{serial}"), SOURCE, party=person.party)
    if front.assisted:
        return msgspec.structs.replace(clerk(counter, f"clerk-{serial}", "onehall.gd.gz.s1"), channel=channel, source=SOURCE)
    if known:
        return msgspec.structs.replace(person.logged_in(counter, channel), source=SOURCE)
    return Caller(channel, Who(visitor=f"{channel}-{serial}", address=f"10.9.{serial // 250}.{serial % 250}"), SOURCE)


def test_every_channel_stands_in_the_matrix() -> None:
    assert {one for _function, one, _other in PAIRS} == set(CHANNELS)
    assert len(PAIRS) == 2 * len(CHANNELS) * (len(CHANNELS) - 1)


@pytest.mark.parametrize(("one", "other"), OF_LINES, ids=["-".join(pair) for pair in OF_LINES])
async def test_a_number_that_is_held_comes_along(place: Place, one: str, other: str) -> None:
    counter = place.counter
    person = await Person().settle(counter)
    giver, taker = somebody(counter, one, person, known=False), somebody(counter, other, person, known=False)
    view = await counter.hall.start(giver, "line.open", {"offer": "hall-59"})
    number = view.question["options"][next(_serials) % 5]["value"] if view.question else ""
    view = await counter.answer(giver, view, number)
    assert view.question and view.question["key"] == "prove"
    held = await counter.one(HELD, number)
    assert held.startswith("held ")
    taken = await moved(counter, giver, taker, view)
    assert [each["value"] for each in taken.trail] == ["Hall 59", number]
    assert [(each["key"], each["text"]) for each in taken.holds] == [("number_hold", number)]
    assert await counter.one(HELD, number) == held


@pytest.mark.parametrize(("one", "other"), OF_LINES, ids=["-".join(pair) for pair in OF_LINES])
async def test_what_was_agreed_to_comes_along_with_its_price(place: Place, one: str, other: str) -> None:
    counter = place.counter
    person = await Person().settle(counter)
    giver, taker = somebody(counter, one, person, known=True), somebody(counter, other, person, known=True)
    app = somebody(counter, "api", person, known=True)
    view = await counter.to_pay(app, document=person.document)
    due = view.question["amount_minor"] if view.question else 0
    assert due > 0  # a first month by the days that are left of it, and what a nice number costs
    if one != "api":
        giver_view = await moved(counter, app, giver, view)
        assert giver_view.id == view.id
    taken = await moved(counter, app if one == "api" else giver, taker, view)
    assert taken.question and taken.question["kind"] == "pay" and taken.question["amount_minor"] == due
    row = await counter.hall.engine.see(view.id)
    agreed = row.has("answer", "agree")
    assert agreed and (agreed.channel, agreed.agreed, agreed.value["total"]["minor"]) == ("api", "person", due)


TOP_UPS = [(one, other) for function, one, other in PAIRS if function == "topup"]


@pytest.mark.parametrize(("one", "other"), TOP_UPS, ids=["-".join(pair) for pair in TOP_UPS])
async def test_a_top_up_comes_along_and_is_paid_once(place: Place, one: str, other: str) -> None:
    counter = place.counter
    person = await Person().settle(counter)
    await counter.settle()
    giver, taker = somebody(counter, one, person, known=False), somebody(counter, other, person, known=False)
    view = await counter.hall.start(giver, "topup", {"number": person.number, "amount": "50"})
    assert view.question and view.question["kind"] == "pay"
    taken = await moved(counter, giver, taker, view)
    assert taken.question and taken.question["amount_minor"] == 5_000 and taken.question["url"] == view.question["url"]
    await counter.bank_pays(view)  # the link that was given in the first channel
    after = await counter.settle(taker, taken)
    assert after.state == "done", after
    assert await counter.one("SELECT balance FROM billing_account WHERE party = $1", person.party) == 50_000 - 5_900 + 5_000


@pytest.mark.parametrize("other", [name for name in CHANNELS if name != "web"])
async def test_a_plan_of_one_channel_alone_keeps_its_price_in_every_other(place: Place, other: str) -> None:
    counter = place.counter
    async with counter.store.edge(0) as tx:
        await catalogue.actions.put(tx, "only-online", plan("Only online", price(29), channel=[{"id": "web", "name": "web"}]))
    person = await Person().settle(counter)
    giver, taker = somebody(counter, "web", person, known=False), somebody(counter, other, person, known=False)
    elsewhere = await counter.hall.glance(taker, "line.open", limit=200)
    assert elsewhere.question and "only-online" not in [one["value"] for one in elsewhere.question["options"]]
    view = await counter.hall.start(giver, "line.open", {"offer": "only-online"})
    assert view.question and view.question["key"] == "number", view
    view = await counter.answer(giver, view, view.question["options"][next(_serials) % 5]["value"])
    taken = await moved(counter, giver, taker, view)
    assert taken.trail[0]["value"] == "Only online"
    row = await counter.hall.engine.see(view.id)
    chosen = row.has("answer", "offer")
    assert chosen and chosen.channel == "web" and chosen.value["price"] == {"minor": 2_900, "currency": "CNY"}


async def moved(counter: Counter, giver: Caller, taker: Caller, view: View) -> View:
    """A journey goes over, by its link or its code in turn; all that it holds is as it was, and the code is used up."""
    before = await counter.hall.engine.see(view.id)
    made = await counter.hall.hand_over(giver, view.id)
    the_deadline(made, before, counter)
    taken = await counter.hall.take(taker, (made.link, made.token, made.code)[next(_serials) % 3])
    after = await counter.hall.engine.see(view.id)
    assert carried(after) == carried(before) and len(carried(before)["entries"]) >= 2
    assert (after.source, after.channel) == (SOURCE, taker.channel) and {giver.channel, taker.channel} <= set(after.channels)
    assert taken.question and view.question and taken.question["key"] == view.question["key"]
    await old_hands_see_it_gone(counter, giver, taker, view)
    with pytest.raises(Refusal) as refused:
        await counter.hall.take(somebody(counter, "web", Person(), known=False), made.code)
    assert refused.value.code == "handover.used"
    return taken


def carried(row: Row) -> dict[str, Any]:
    """What must stand: the function, how they came, and each answer, hold, proof and payment with its words, price, time and channel."""
    return {"function": row.function, "source": row.source, "created": row.created, "entries": msgspec.to_builtins(row.entries)}


def the_deadline(made: HandOver, row: Row, counter: Counter) -> None:
    """What the customer is told is the sooner of the code's end and the end of what is kept."""
    kept = [entry.until for entry in row.entries if entry.kind == "hold" and entry.until]
    now = counter.store.clock.now()
    assert made.until == continue_until(made.expires, kept, now) and now < made.until <= now + timedelta(minutes=10)


async def old_hands_see_it_gone(counter: Counter, giver: Caller, taker: Caller, view: View) -> None:
    """Whoever gave it away sees where it went; the same customer may go on in both."""
    if giver.who.party and not CHANNELS[taker.channel].assisted:
        return
    seen = await counter.hall.see(giver, view.id)
    assert (seen.moved_to, seen.question) == (str(CHANNELS[taker.channel].title), None)


async def test_the_real_entry_of_each_channel_gives_and_takes(place: Place) -> None:
    """One line in the making goes round the whole house, each time by what the channel itself shows and reads."""
    assert set(ENTRIES) <= set(CHANNELS)
    person = await Person().settle(place.counter)
    await place.counter.settle()
    app = Api(place.counter, person, place.client)
    place.client.cookies.clear()
    view = await app.answer(begun := await app.start("line.open", {"offer": "hall-59"}), begun.question["options"][0]["value"])
    before = carried(await place.counter.hall.engine.see(view.id))
    entries: dict[str, Any] = {"api": app}
    for giver, taker in zip(ENTRIES, ENTRIES[1:], strict=False):
        shown = await gives(entries[giver], view)
        entries[taker] = await takes(place, person, taker, shown)
        row = await place.counter.hall.engine.see(view.id)
        assert (row.channel, carried(row)) == (taker, before), f"{giver} -> {taker} by {shown}"
    row = await place.counter.hall.engine.see(view.id)
    assert row.channels == list(ENTRIES) and row.question and row.question["key"] == "prove"


async def test_links_are_shown_before_they_are_used(place: Place) -> None:
    """The page of a link tells what it brings and until when; another's link, a used and a late one say why not."""
    counter = place.counter
    person, other = await Person().settle(counter), await Person().settle(counter)
    mine = somebody(counter, "api", person, known=True)
    view = await counter.hall.start(mine, "line.open", {"offer": "hall-59"})
    made = await counter.hall.hand_over(mine, view.id)
    assert (await counter.hall.offered(mine, made.link)).function == "line.open"
    for caller, text, code in (
        (somebody(counter, "web", other, known=True), made.link, "handover.other"),
        (somebody(counter, "web", other, known=False), made.code, "handover.unknown"),
        (somebody(counter, "web", other, known=False), made.token[:-1] + ("a" if made.token[-1] != "a" else "b"), "handover.unknown"),
    ):
        with pytest.raises(Refusal) as refused:
            await counter.hall.offered(caller, text)
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        await counter.hall.take(somebody(counter, "wechat", other, known=True), made.token)
    assert refused.value.code == "handover.other"
    counter.store.clock.move(timedelta(minutes=10))
    with pytest.raises(Refusal) as late:
        await counter.hall.take(somebody(counter, "web", person, known=True), made.token)
    assert late.value.code == "handover.expired"
    assert (await counter.hall.engine.see(view.id)).channel == "api"


async def test_tries_are_limited_by_name_and_behind_an_address(place: Place) -> None:
    """Ten wrong codes a minute from one name; and a stranger who takes another name each time gets no more than thirty."""
    counter = place.counter
    counter.store.clock.move(timedelta(minutes=5))
    codes: list[str] = []
    for name in [*["same"] * 11, *[f"name-{each}" for each in range(25)]]:
        with pytest.raises(Refusal) as refused:
            await counter.hall.take(Caller("web", Who(visitor=name, address="10.66.6.6")), "x" * 16)
        codes.append(refused.value.code)
    assert codes == ["handover.unknown"] * 10 + ["too.many"] + ["handover.unknown"] * 20 + ["too.many"] * 5
