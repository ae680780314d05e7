"""A simulated bank: checkouts in a table, a pay page, signed notices posted to us over real HTTP, a file of the day."""

import hmac
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from onehall.adapters.payment.agreements import Agreements
from onehall.adapters.payment.file import spoilt
from onehall.adapters.payment.notices import Notices, read
from onehall.adapters.switches import Switches
from onehall.kernel import crypto, ids
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.jobs import Later
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.settings import current
from onehall.kernel.store import Store, Tx
from onehall.ports.payment import FileLine, Paid, Returned

PAGE: Final = "/sim/bank"
NOTICE: Final = "/payments/notice"
_COLUMNS = "payment, minor, currency, text, status, reference, until, at"


class Checkout(msgspec.Struct, frozen=True):
    """A checkout as the bank has it. `status`: open, paid, failed, closed."""

    payment: str
    minor: int
    currency: str
    text: str
    status: str
    reference: str
    until: datetime
    at: datetime

    @property
    def amount(self) -> Money:
        """This will give what is to be paid."""
        return Money(self.minor, self.currency)

    @property
    def paid(self) -> Paid:
        """This will say it as the port does."""
        return Paid(self.payment, self.status, self.amount, self.reference, self.at)


class SimulatedPayment(Agreements):
    """A bank. `notice_url` is where it posts its notices to; if not said, the house itself, over the loopback."""

    def __init__(self, store: Store, notice_url: str | None = None) -> None:
        self.store = store
        self.switches = Switches(store, "payment")
        self.notices = Notices(self.switches, self._sign_key, lambda: notice_url or _loopback(), store.clock)

    async def create(self, payment: str, amount: Money, text: str, until: datetime) -> str:
        """This will open a checkout and give the address of its page."""
        await self._reached()
        async with self.store.edge(ids.home_for(payment)) as tx:
            await tx.write_alone(
                f"INSERT INTO sim_payment (home, {_COLUMNS}) VALUES ($1, $2, $3, $4, $5, 'open', '', $6, $7) ON CONFLICT DO NOTHING",
                tx.home, payment, amount.minor, amount.currency, text, until, tx.now,
            )  # fmt: skip
        return f"{current().url}{PAGE}/{payment}"

    async def close(self, payment: str) -> None:
        """This will close a checkout that is open."""
        await self._reached()
        await self._change(payment, "closed", "")

    async def look(self, payment: str) -> Paid | None:
        """This will say how a payment stands."""
        await self._reached()
        found = await self.checkout(payment)
        return found.paid if found else None

    async def refund(self, payment: str, refund: str, amount: Money) -> Returned:
        """This will send money back, unless told to refuse, or more would go than came."""
        if await self._reached():
            return Returned(False, "the bank was told to refuse")
        async with self.store.edge(ids.home_for(payment)) as tx:
            found = await _locked(tx, payment)
            if found is None or found.status != "paid":
                return Returned(False, "this payment was not paid here")
            rows = await tx.read("SELECT refund, minor FROM sim_refund WHERE home = $1 AND payment = $2", tx.home, payment)
            if refund in [row["refund"] for row in rows]:
                return Returned(True)
            if sum(row["minor"] for row in rows) + amount.minor > found.minor:
                return Returned(False, "more than was paid")
            await tx.write(
                "INSERT INTO sim_refund (home, refund, payment, minor, currency, at) VALUES ($1, $2, $3, $4, $5, $6)",
                tx.home, refund, payment, amount.minor, amount.currency, tx.now,
            )  # fmt: skip
        return Returned(True)

    async def file_of(self, day: date) -> list[FileLine]:
        """This will list what came and went on a day of the operator's zone, with the mistakes it was told to make."""
        await self._reached()
        return spoilt(await self._lines(day), await self._lines(day - timedelta(days=1)), await self.switches.all())

    async def _lines(self, day: date) -> list[FileLine]:
        start = datetime(day.year, day.month, day.day, tzinfo=ZONE)
        async with self.store.edge(0) as tx:
            rows = await tx.read(
                """SELECT 'payment' AS kind, payment, reference, minor, currency, at FROM sim_payment
                   WHERE status = 'paid' AND at >= $1 AND at < $2
                   UNION ALL SELECT 'refund', payment, refund, minor, currency, at FROM sim_refund WHERE at >= $1 AND at < $2
                   ORDER BY at, reference""",
                start, start + timedelta(days=1),
            )  # fmt: skip
        return [FileLine(row["kind"], row["payment"], row["reference"], Money(row["minor"], row["currency"])) for row in rows]

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Paid:
        """This will read a notice of ours."""
        return read(self._sign_key(), headers, body, now)

    async def checkout(self, payment: str) -> Checkout | None:
        """This will give a checkout by its payment, for the pay page."""
        async with self.store.edge(ids.home_for(payment)) as tx:
            row = await tx.read_one(f"SELECT {_COLUMNS} FROM sim_payment WHERE home = $1 AND payment = $2", tx.home, payment)
        return msgspec.convert(dict(row), Checkout) if row else None

    async def latest(self, limit: int = 50) -> list[Checkout]:
        """This will give the latest checkouts, for the bank's own list."""
        async with self.store.edge(0) as tx:
            rows = await tx.read(f"SELECT {_COLUMNS} FROM sim_payment ORDER BY at DESC LIMIT $1", limit)
        return [msgspec.convert(dict(row), Checkout) for row in rows]

    async def pay(self, payment: str) -> Checkout:
        """This will take the money, as if its customer had pressed Pay, and send the notice. Pressed twice it is pressed once.

        :raises Refusal: 404; 409 when the checkout is over.
        """
        return await self._press(payment, "paid")

    async def decline(self, payment: str) -> Checkout:
        """This will end the checkout unpaid, as if the card had been refused, and send the notice."""
        return await self._press(payment, "failed")

    @staticmethod
    def _sign_key() -> bytes:
        return crypto.key(current().secret, "simulated bank")

    async def _press(self, payment: str, status: str) -> Checkout:
        reference = hmac.digest(self._sign_key(), payment.encode(), "sha256").hex()[:16].upper()
        pressed = await self._change(payment, status, reference)
        found = pressed or await self.checkout(payment)
        if found is not None and found.status == "open":  # it was opened between the two
            pressed = await self._change(payment, status, reference)
            found = pressed or await self.checkout(payment)
        if found is None:
            raise missing(_("payment"))
        if pressed:
            await self.notices.send(pressed.paid)
        elif found.status != status:
            raise Refusal("payment.closed", _("This payment is over. Please begin again."), 409)
        return found

    async def _change(self, payment: str, status: str, reference: str) -> Checkout | None:
        async with self.store.edge(ids.home_for(payment)) as tx:
            rows = await tx.write_alone(
                f"""UPDATE sim_payment SET status = $3, reference = $4, at = $5
                    WHERE home = $1 AND payment = $2 AND status = 'open' RETURNING {_COLUMNS}""",
                tx.home, payment, status, reference, tx.now,
            )  # fmt: skip
        return msgspec.convert(dict(rows[0]), Checkout) if rows else None

    async def _reached(self) -> bool:
        """The switches `down` (until turned off) and those of every adapter; True when the answer must be a no."""
        turned = await self.switches.all()
        await self.notices.dawdle(turned)
        if turned.get("down"):
            raise Later("the bank was told to be down")
        return await self.switches.obey(turned)


async def _locked(tx: Tx, payment: str) -> Checkout | None:
    row: Any = await tx.write_one(
        f"SELECT {_COLUMNS} FROM sim_payment WHERE home = $1 AND payment = $2 FOR UPDATE", tx.home, payment
    )
    return msgspec.convert(dict(row), Checkout) if row else None


def _loopback() -> str:
    return f"http://127.0.0.1:{current().port}{NOTICE}"
