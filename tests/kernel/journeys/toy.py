"""A toy domain to try journeys on: sweets on a shelf, one of each kind, a till that remembers."""

from datetime import timedelta
from typing import Any

from onehall.kernel import ids
from onehall.kernel.functions import FUNCTIONS, Proof, function
from onehall.kernel.i18n import Text, _
from onehall.kernel.identity import Who
from onehall.kernel.journeys import TILLS, Caller, Held, Intent, Journey, Option, Said, Summary, item, scarce
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

LEASE = timedelta(minutes=30)
TABLES = [
    "CREATE TABLE IF NOT EXISTS sweet (home smallint, name text, price int, token text, until timestamptz, sold text, "
    "PRIMARY KEY (home, name))",
    "CREATE TABLE IF NOT EXISTS toy_payment (home smallint, id text, once text, reply_to text, amount int, state text, "
    "PRIMARY KEY (home, id), UNIQUE (home, once))",
    "CREATE TABLE IF NOT EXISTS toy_order (home smallint, id text, sweet text, PRIMARY KEY (home, id))",
]


class Shelf:
    async def take(self, store: Store, token: str, what: dict[str, Any]) -> Held:
        home = ids.home_for(what["name"])
        async with store.edge(home) as tx:
            row = await tx.write_one(
                "UPDATE sweet SET token = $3, until = $4 WHERE home = $1 AND name = $2 AND sold IS NULL "
                "AND (token IS NULL OR until <= $5 OR token = $3) RETURNING until",
                home, what["name"], token, tx.now + LEASE, tx.now,
            )  # fmt: skip
        if row is None:
            raise Refusal("sweet.gone", _("Somebody else has it."), 409)
        return Held("sweet", what["name"], home, token, row["until"])

    async def extend(self, store: Store, held: Held, until: Any) -> Held:
        async with store.edge(held.home) as tx:
            row = await tx.write_one(
                "UPDATE sweet SET until = $4 WHERE home = $1 AND name = $2 AND token = $3 RETURNING until",
                held.home, held.ref, held.token, until,
            )  # fmt: skip
        if row is None:
            raise Refusal("sweet.gone", _("Somebody else has it."), 409)
        return Held("sweet", held.ref, held.home, held.token, row["until"])

    async def release(self, tx: Tx, held: Held) -> None:
        await tx.write(
            "UPDATE sweet SET token = NULL, until = NULL WHERE home = $1 AND name = $2 AND token = $3 AND sold IS NULL",
            tx.home, held.ref, held.token,
        )  # fmt: skip


class ToyTill:
    async def ask(self, tx: Tx, *, to: str, once: str, party: str | None, amount: Money, text: Text, until: Any, channel: str) -> Intent:
        id_ = ids.keyed_id(tx.home, tx.now, once)
        await tx.write("INSERT INTO toy_payment VALUES ($1, $2, $3, $4, $5, 'open')", tx.home, id_, once, to, amount.minor)
        return Intent(id_, amount, f"/pay/{id_}", until)

    async def take_here(self, tx: Tx, payment: str, *, method: str, caller: Caller) -> dict[str, Any]:
        row = await tx.write_one(
            "UPDATE toy_payment SET state = 'paid' WHERE home = $1 AND id = $2 AND state = 'open' RETURNING id", tx.home, payment
        )
        if row is None:
            raise Refusal("payment.closed", _("This payment is closed."), 409)
        return {"paid": True, "payment": payment}

    async def give_back(self, tx: Tx, payment: str, why: Text) -> None:
        await tx.write(
            "UPDATE toy_payment SET state = CASE state WHEN 'paid' THEN 'refunded' ELSE 'void' END "
            "WHERE home = $1 AND id = $2 AND state IN ('open', 'paid')",
            tx.home, payment,
        )  # fmt: skip


async def shelf_of(tx: Tx) -> list[Option]:
    rows = await tx.read("SELECT name, price FROM sweet WHERE sold IS NULL ORDER BY name")
    return [Option(row["name"], row["name"], price=Money(row["price"]), holds={"price": row["price"]}) for row in rows]


async def buy(tx: Tx, sweet: str, held: dict[str, Any]) -> str:
    id_ = tx.new_id()
    await tx.write("INSERT INTO toy_order VALUES ($1, $2, $3)", tx.home, id_, sweet)
    return id_


async def buy_sweet(journey: Journey) -> Said:
    chosen = await journey.choose("sweet", _("Which sweet?"), lambda: shelf_of(journey.tx), gone=_("no longer on sale"))
    held = await journey.hold("kept", "sweet", of="sweet", name=chosen.value)
    price = await journey.tx.read_one("SELECT price FROM sweet WHERE home = $1 AND name = $2", held.home, chosen.value)
    total = Money(price["price"] if price else chosen.holds["price"])
    await journey.confirm("agree", Summary([item(_("Sweet"), chosen.value)], total))
    await journey.pay("money", total, _("A sweet"))
    order = await journey.do("order", buy, sweet=chosen.value, held={"token": held.token})
    return Said(_("Enjoy your {sweet}.", sweet=chosen.value), [item(_("Order"), order)])


async def look(journey: Journey) -> Said:
    return Said(_("There are {count} sweets.", count=len(await shelf_of(journey.tx))))


async def register(store: Store) -> None:
    """This will put the toy domain into the house and its sweets on the shelf."""
    async with store.edge(0) as tx:
        for statement in TABLES:
            await tx.write(statement)
        for name, price in (("drop", 100), ("fudge", 250), ("toffee", 300)):
            await tx.write("INSERT INTO sweet (home, name, price) VALUES ($1, $2, $3)", ids.home_for(name), name, price)
    if "sweet.buy" not in FUNCTIONS:
        function("sweet.buy", title=_("Buy a sweet"), family="sell", asks="choose confirm pay")(buy_sweet)
        function("sweet.look", title=_("See sweets"), family="query")(look)
        function("sweet.mine", title=_("My sweets"), family="query", proof=Proof.CODE)(look)
    scarce("sweet", Shelf())
    TILLS.append(ToyTill())


def forget() -> None:
    """This will take the toy domain out of the house again."""
    TILLS[:] = [till for till in TILLS if not isinstance(till, ToyTill)]
    for name in [name for name in FUNCTIONS if name.startswith("sweet.")]:
        del FUNCTIONS[name]


def guest(name: str, channel: str = "web") -> Caller:
    return Caller(channel, Who(visitor=name))


def clerk(name: str) -> Caller:
    return Caller("desk", Who(staff=name, unit="onehall.gd.gz.s1"))
