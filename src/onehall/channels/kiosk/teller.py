"""The house as the cabinet's cash knows it: it credits a deposit once, or says why it cannot, or is away."""

from typing import Any, Protocol

import msgspec

from onehall.channels.kiosk.deposits import Deposit, Wish
from onehall.hall import Caller, Hall, View, machines
from onehall.kernel.i18n import Text, _
from onehall.kernel.identity import Who
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

TOP_UP = "topup"
SECONDS_MAX = 20


class Away(Exception):
    """The house cannot be reached; the deposit waits."""


class Credited(msgspec.Struct, frozen=True):
    """What became of a deposit. `owed`: it could not be used, and is handed back at a counter under the number of `payment`."""

    payment: str
    owed: bool = False
    why: str = ""


class Teller(Protocol):
    """What credits deposits. Everything is safe twice, by the deposit's id."""

    async def ready(self, wish: Wish) -> None:
        """This will look whether what the money is for can still be paid.

        :raises Refusal: it cannot. :raises Away: nobody knows.
        """

    async def credit(self, deposit: Deposit) -> Credited:
        """This will book the money that lies in the drawer.

        :raises Away: it could not be done now.
        """


class HallTeller:
    """The hall itself: the cabinet answers with its own name, as a colleague with a drawer would."""

    def __init__(self, hall: Hall, name: str, unit: str) -> None:
        self.hall = hall
        self.machine = Caller("kiosk", Who(staff=f"cabinet:{name}", unit=unit), source=f"kiosk:{name}")

    async def ready(self, wish: Wish) -> None:
        """This will look whether the payment is still open; a top-up that may wait always is."""
        if wish.payment:
            await _here(machines.check_open(self.hall, wish.journey, wish.payment))

    async def credit(self, deposit: Deposit) -> Credited:
        """This will answer the payment, or top the number up; what cannot be used is owed."""
        try:
            journey, payment = await _here(self._meant(deposit))
            await _here(machines.take_money(self.hall, self.machine, journey, payment, "cash"))
            return Credited(payment)
        except Refusal as refusal:
            why = refusal.reason
        amount = Money(deposit.wish.due or deposit.stacked)
        text, words = _("Cash put into a kiosk"), why if isinstance(why, Text) else _("It could not be used.")
        owed = await _here(machines.owe_money(self.hall, self.machine, deposit.id, amount, text, words))
        return Credited(owed, owed=True, why=why if isinstance(why, str) else why.render(deposit.wish.language))

    async def _meant(self, deposit: Deposit) -> tuple[str, str]:
        """The journey and its payment; that of a top-up which waited is begun once, by the deposit's id.

        :raises Refusal: the number is not ours, or the sum is none that can be topped up.
        """
        wish = deposit.wish
        if wish.payment:
            return wish.journey, wish.payment
        given = {"number": wish.number, "amount": str(deposit.stacked // 100)}
        caller = Caller("kiosk", Who(visitor=f"deposit:{deposit.id}", language=wish.language), source=self.machine.source)
        view = await self.hall.start(caller, TOP_UP, given, key=deposit.id)
        paid = await machines.payment_of(self.hall, view.id) if view.state != "refused" else ""
        if not paid:
            raise Refusal("deposit.unusable", _why(view), 422)
        return view.id, paid


def _why(view: View) -> Any:
    asked = view.question or view.said or {}
    return asked.get("why") or asked.get("text", "")


async def _here(work: Any) -> Any:
    """What is out of reach is told apart from a no."""
    try:
        return await work
    except Refusal as refusal:
        if refusal.status >= 500:
            raise Away(str(refusal)) from refusal
        raise
    except (OSError, TimeoutError) as error:
        raise Away(str(error)) from error
