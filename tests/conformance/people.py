"""Customers made for one test each: a person with a checked document and a line that has worked for half a year."""

import re
from datetime import timedelta
from itertools import count

from onehall.demo import customers
from onehall.demo.customers import Customer
from onehall.domains.party.rules import check_digit
from onehall.hall import Caller
from onehall.kernel.functions import Proof
from onehall.kernel.identity import Who
from onehall.kernel.ids import home_for, new_id
from tests.ground.counter import FACE, Counter

CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
HALF_A_YEAR = timedelta(days=200)
STORES = ("onehall.gd.gz.s1", "onehall.gd.sz.s1", "onehall.zj.hz.s1")
_serials = count(1)


class Person:
    """One customer: `party` once settled, and what they know of themselves."""

    def __init__(self, balance: int = 50_000, unit: str = STORES[0], plan: str = "hall-59", language: str = "en") -> None:
        serial = next(_serials)
        first = f"110101{1960 + serial // 900}0512{serial % 900 + 100:03}"
        self.document = first + check_digit(first)
        self.other_phone = f"1390000{serial:04}"
        self.made = Customer(f"1860009{serial:04}", "李雷", self.document, plan, balance, unit, language)
        self.party = ""
        self.notes: dict[str, str] = {}

    @property
    def number(self) -> str:
        """Their number with us."""
        return self.made.number

    @property
    def shown(self) -> dict[str, str]:
        """What they show to prove who they are."""
        return {"name": self.made.name, "document_type": "resident_id", "document_number": self.document, "face": FACE}

    async def settle(self, counter: Counter) -> "Person":
        """This will make them a customer whose line came into service half a year ago."""
        self.party = await customers.settle(counter.store, self.made)
        async with counter.store.edge(self.party) as tx:
            await tx.write("UPDATE product SET activated = $3 WHERE home = $1 AND number = $2", tx.home, self.number, tx.now - HALF_A_YEAR)
        return self

    def logged_in(self, counter: Counter, channel: str, proof: Proof = Proof.CODE) -> Caller:
        """This will give them as they stand in a channel after logging in."""
        return counter.customer(self.party, channel, proof)

    def served_by(self, counter: Counter, name: str = "clerk", unit: str = STORES[0]) -> Caller:
        """This will give a clerk who serves them."""
        return Caller("desk", clerk(counter, name, unit).who, unit, party=self.party or None)


def clerk(counter: Counter, name: str, unit: str) -> Caller:
    """This will give a clerk of a store."""
    now = counter.store.clock.now()
    staff = new_id(home_for(name), now.replace(year=2020))
    who = Who(staff=staff, proof=Proof.CODE, proven_at=now, expires=now + timedelta(hours=10), unit=unit, roles=frozenset({"clerk"}),
              address="127.0.0.1")  # fmt: skip
    return Caller("desk", who, unit)


async def code_on(counter: Counter, phone: str) -> str:
    """This will read the latest one-time code off a phone; what comes with a link is a code to go on elsewhere."""
    await counter.settle()
    found = [CODE.search(message.text) for message in await counter.world.sms.messages(phone) if "://" not in message.text]
    codes = [match[0] for match in found if match]
    assert codes, f"no code came to {phone}"
    return codes[-1]
