"""A fair to try journeys on: sweets and boxes of which there is one each, a bank that says it twice, people of several homes.

The toy of `toy.py` grown up: an order posts its holds by work that may come too late, and undoes itself when it did.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from onehall.kernel import ids
from onehall.kernel.functions import FUNCTIONS, Proof, function
from onehall.kernel.i18n import Text, _
from onehall.kernel.identity import Who
from onehall.kernel.jobs import job
from onehall.kernel.journeys import (
    CHANNELS,
    PROVERS,
    TILLS,
    Caller,
    Field,
    Held,
    Journey,
    Option,
    Pending,
    Proved,
    Row,
    Said,
    Sent,
    Summary,
    arrive,
    channel,
    item,
    scarce,
)  # fmt: skip
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx
from tests.kernel.journeys.bank import Bank, notice
from tests.kernel.journeys.weather import OPENED

__all__ = ["notice"]
LEASE = timedelta(minutes=30)
PATIENCE = timedelta(days=1)
PEOPLE = {name: ids.keyed_id(home, OPENED, name) for name, home in (("ann", 11), ("bob", 22), ("cat", 33))}
STOCK = {"sweet": (("drop", 100), ("fudge", 250), ("toffee", 300)), "box": (("blue", 20), ("red", 30))}
TABLES = [
    "CREATE TABLE IF NOT EXISTS fair_thing (home smallint, kind text, name text, price int, token text, until timestamptz, sold text, "
    "withdrawn bool DEFAULT false, PRIMARY KEY (home, kind, name))",
    "CREATE TABLE IF NOT EXISTS fair_payment (home smallint, id text, once text, reply_to text, amount int, state text, "
    "PRIMARY KEY (home, id), UNIQUE (home, once))",
    "CREATE TABLE IF NOT EXISTS fair_order (home smallint, id text, journey text, sweet text, box text, payment text, reply_to text, "
    "state text, PRIMARY KEY (home, id))",
]
WORD = "rumpelstilzchen"
TAKEN = _("Somebody else has it.")


class Shelf:
    """Things of a kind, one of each; `takes` counts how often somebody reached for one."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.takes = 0

    async def take(self, store: Store, token: str, what: dict[str, Any]) -> Held:
        self.takes += 1
        home = ids.home_for(what["name"])
        async with store.edge(home) as tx:
            row = await tx.write_one(
                "UPDATE fair_thing SET token = $4, until = $5 WHERE home = $1 AND kind = $2 AND name = $3 AND sold IS NULL "
                "AND NOT withdrawn AND (token IS NULL OR until <= $6 OR token = $4) RETURNING until",
                home, self.kind, what["name"], token, tx.now + LEASE, tx.now,
            )  # fmt: skip
        return self._held(row, what["name"], home, token)

    async def extend(self, store: Store, held: Held, until: datetime) -> Held:
        async with store.edge(held.home) as tx:
            row = await tx.write_one(
                "UPDATE fair_thing SET until = $5 WHERE home = $1 AND kind = $2 AND name = $3 AND token = $4 AND sold IS NULL "
                "RETURNING until",
                held.home, self.kind, held.ref, held.token, until,
            )  # fmt: skip
        return self._held(row, held.ref, held.home, held.token)

    async def release(self, tx: Tx, held: Held) -> None:
        await tx.write(
            "UPDATE fair_thing SET token = NULL, until = NULL WHERE home = $1 AND kind = $2 AND name = $3 AND token = $4 AND sold IS NULL",
            tx.home, self.kind, held.ref, held.token,
        )  # fmt: skip

    def _held(self, row: Any, name: str, home: int, token: str) -> Held:
        if row is None:
            raise Refusal("fair.taken", TAKEN, 409)
        return Held(f"fair_{self.kind}", name, home, token, row["until"])


class Doorman:
    """Whoever says the name of one of the people is that one; `document` is a matter for the world."""

    def fields(self, row: Row, caller: Caller, notes: dict[str, Any]) -> tuple[Text, list[Field]]:
        return _("Who are you?"), [Field("code", _("Name"))]

    async def check(self, store: Store, row: Row, caller: Caller, value: dict[str, Any], notes: dict[str, Any]) -> Proved | Sent | Pending:
        if value.get("code") == "document":
            return Pending(_("We are looking at it."))
        return self._known(store, str(value.get("code")), Proof.CODE)

    async def settle(self, store: Store, row: Row, value: dict[str, Any]) -> Proved:
        return self._known(store, str(value.get("name")), Proof.REAL_NAME)

    def _known(self, store: Store, name: str, level: Proof) -> Proved:
        if name not in PEOPLE:
            raise Refusal("proof.unknown", _("Nobody of that name."), 422)
        return Proved(PEOPLE[name], level, "name", store.clock.now() + timedelta(hours=2))


async def buy(journey: Journey) -> Said:
    """A sweet, perhaps in a box, for somebody who says who they are."""
    sweet = await journey.choose("sweet", _("Which sweet?"), lambda: things(journey.tx, "sweet"), gone=_("no longer on sale"))
    kept = await journey.hold("kept", "fair_sweet", of="sweet", name=sweet.value)
    pack = await journey.choose("pack", _("In a box?"), lambda: packs(journey.tx))
    boxed = await journey.hold("boxed", "fair_box", of="pack", name=pack.value) if pack.value != "bare" else None
    await journey.prove(Proof.CODE)
    total = await price_of(journey.tx, "sweet", sweet) + await price_of(journey.tx, "box", pack)
    await journey.confirm("agree", Summary([item(_("Sweet"), sweet.value)], total, terms=(_("No change."),)))
    payment = await journey.pay("money", total, _("A sweet"))
    order = await journey.do(
        "order", place, journey=ids.stem(journey.id), sweet=sweet.value, payment=payment, holds=[kept, *([boxed] if boxed else [])],
        reply_to=journey.address("sent"),
    )  # fmt: skip
    sent = await journey.wait_for("sent", _("It is being wrapped."), deadline=PATIENCE)
    if sent.get("ok") is False:
        raise Refusal("fair.late", _("It was gone. Your money comes back."), 409)
    return Said(_("Enjoy your {sweet}.", sweet=sweet.value), [item(_("Order"), order)])


async def whispering_buy(journey: Journey) -> Said:
    """The same for those who know the word, which nobody else may read."""
    await journey.enter("word", _("What is the word?"), the_word)
    return await buy(journey)


def the_word(words: str) -> str:
    """The word, and no other."""
    if words != WORD:
        raise Refusal("word.wrong", _("That is not the word."), 422)
    return words


async def things(tx: Tx, kind: str) -> list[Option]:
    """What is on sale of a kind."""
    rows = await tx.read("SELECT name, price FROM fair_thing WHERE kind = $1 AND sold IS NULL AND NOT withdrawn ORDER BY name", kind)
    return [Option(row["name"], row["name"], price=Money(row["price"]), holds={"price": row["price"]}) for row in rows]


async def packs(tx: Tx) -> list[Option]:
    """The boxes, or none."""
    return [Option("bare", _("No box"), holds={"price": 0}), *await things(tx, "box")]


async def price_of(tx: Tx, kind: str, chosen: Option) -> Money:
    """The price of today, else the one that was chosen."""
    row = await tx.read_one("SELECT price FROM fair_thing WHERE kind = $1 AND name = $2", kind, chosen.value)
    return Money(row["price"] if row else chosen.holds["price"])


async def place(tx: Tx, journey: str, sweet: str, payment: str, holds: list[Held], reply_to: str) -> str:
    """An order; what was withdrawn since is refused, also after it was paid for."""
    row = await tx.read_one("SELECT withdrawn FROM fair_thing WHERE kind = 'sweet' AND name = $1", sweet)
    if row and row["withdrawn"]:
        raise Refusal("fair.withdrawn", _("This sweet is not sold any more."), 409)
    id_ = tx.new_id()
    box = next((held.ref for held in holds if held.what == "fair_box"), None)
    sql = "INSERT INTO fair_order VALUES ($1, $2, $3, $4, $5, $6, $7, 'placed')"
    await tx.write(sql, tx.home, id_, journey, sweet, box, payment, reply_to)
    tx.later("fair.post", {"order": id_, "holds": holds, "done": []}, works_in=holds[0].home)
    return id_


@job("fair.post")
async def post(tx: Tx, body: dict[str, Any]) -> None:
    """Turns the first hold of an order into a sale, and goes on to the next."""
    held, *rest = body["holds"]
    row = await tx.write_one(
        "UPDATE fair_thing SET sold = $4, token = NULL, until = NULL WHERE home = $1 AND kind = $2 AND name = $3 "
        "AND (sold = $4 OR (sold IS NULL AND token = $5)) RETURNING name",
        tx.home, held["what"].removeprefix("fair_"), held["ref"], body["order"], held["token"],
    )  # fmt: skip
    if row and rest:
        tx.later("fair.post", body | {"holds": rest, "done": [*body["done"], held]}, works_in=rest[0]["home"])
    else:
        tx.later("fair.posted", {"order": body["order"], "ok": row is not None}, works_in=ids.home_of(body["order"]))
    for done in [] if row else body["done"]:
        tx.later("fair.unpost", {"order": body["order"], "held": done}, works_in=done["home"])


@job("fair.unpost")
async def unpost(tx: Tx, body: dict[str, Any]) -> None:
    """Puts back what an order that failed had bought already."""
    held = body["held"]
    await tx.write(
        "UPDATE fair_thing SET sold = NULL WHERE home = $1 AND kind = $2 AND name = $3 AND sold = $4",
        tx.home, held["what"].removeprefix("fair_"), held["ref"], body["order"],
    )  # fmt: skip


@job("fair.posted")
async def posted(tx: Tx, body: dict[str, Any]) -> None:
    """Ends an order well, or undoes it; the journey is told."""
    row = await tx.write_one(
        "UPDATE fair_order SET state = $3 WHERE home = $1 AND id = $2 RETURNING payment, reply_to",
        tx.home, body["order"], "good" if body["ok"] else "failed",
    )  # fmt: skip
    assert row is not None
    if not body["ok"]:
        tx.later("journey.give_back", {"payment": row["payment"]}, works_in=ids.home_of(row["payment"]))
    arrive(tx, row["reply_to"], {"ok": body["ok"]})


SHELVES = {kind: Shelf(kind) for kind in STOCK}
_WAYS: dict[str, dict[str, Proof]] = {
    "f.web": {"f.web": Proof.CODE, "f.sms": Proof.LINE, "f.desk": Proof.CODE},
    "f.sms": {"f.web": Proof.LINE},
    "f.desk": {"f.web": Proof.CODE, "f.sms": Proof.CODE},
}


async def open_fair(store: Store) -> Callable[[], None]:
    """This will open the fair; gives what closes it again."""
    async with store.edge(0) as tx:
        for statement in TABLES:
            await tx.write(statement)
    provers = dict(PROVERS)
    PROVERS.update({Proof.CODE: Doorman(), Proof.REAL_NAME: Doorman()})
    for kind, shelf in SHELVES.items():
        scarce(f"fair_{kind}", shelf)
    for name, takes in _WAYS.items():
        channel(name, _("Web"), asks="choose enter confirm pay prove wait", proves=(Proof.CODE,), takes=takes, assisted=name == "f.desk")
    offer_function("fair.buy", buy)
    TILLS.append(Bank())

    def close() -> None:
        TILLS[:] = [till for till in TILLS if not isinstance(till, Bank)]
        PROVERS.clear()
        PROVERS.update(provers)
        for name in [name for name in FUNCTIONS if name.startswith("fair.")]:
            del FUNCTIONS[name]
        for name in _WAYS:
            del CHANNELS[name]

    return close


def offer_function(
    name: str, run: Callable[[Journey], Awaitable[Said]], version: int = 1, proof: Proof = Proof.NONE, secret: tuple[str, ...] = ()
) -> None:
    """This will offer a function, or another version of it."""
    FUNCTIONS.pop(name, None)
    asks = "choose enter confirm pay prove wait"
    function(name, title=_("Buy a sweet"), family="sell", asks=asks, version=version, proof=proof, secret=secret)(run)


async def stock(store: Store) -> None:
    """This will clear the fair and put everything on its shelves."""
    async with store.edge(0) as tx:
        for table in ("fair_thing", "fair_payment", "fair_order", "journey", "hand_over", "event", "job"):
            await tx.write(f"DELETE FROM {table}")
        for kind, rows in STOCK.items():
            for name, price in rows:
                await tx.write(
                    "INSERT INTO fair_thing (home, kind, name, price) VALUES ($1, $2, $3, $4)", ids.home_for(name), kind, name, price
                )


def person(name: str, now: datetime, channel: str = "f.web") -> Caller:
    """This will give one of the people, logged in by a code."""
    return Caller(channel, Who(party=PEOPLE[name], proof=Proof.CODE, expires=now + timedelta(hours=1)))


def guest(name: str, channel: str = "f.web") -> Caller:
    """This will give somebody nobody knows; without a name, whoever knows the id."""
    return Caller(channel, Who(visitor=name or None))


def clerk(name: str) -> Caller:
    """This will give a clerk."""
    return Caller("f.desk", Who(staff=name, unit="onehall.gd.gz.s1"))


