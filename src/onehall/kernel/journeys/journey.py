"""What a function sees: typed questions under stable keys, actions done once, holds, payments, waits.

The function runs from the top at every reply. Keys are asked once a run. An answer given before an effect is a fact; one
with no effect after it is loose, and is checked again.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, get_type_hints

import msgspec

from onehall.kernel.functions import FUNCTIONS, Ask, Proof
from onehall.kernel.i18n import Text, Words, _
from onehall.kernel.ids import stem
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.asking import Asking
from onehall.kernel.journeys.paying import PAY_LIMIT, PAY_MARGIN, Intent, till
from onehall.kernel.journeys.proving import prover_for
from onehall.kernel.journeys.scarce import SCARCE
from onehall.kernel.journeys.signals import BadAnswer, Died, Interlude, Pause
from onehall.kernel.journeys.words import Entry, Held, Question
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

T = TypeVar("T")


class Journey(Asking):
    """One run of a function, as the function sees it."""

    @property
    def id(self) -> str:
        """This will give the journey's id."""
        return self.row.id

    @property
    def party(self) -> str:
        """This will name the customer.

        :raises Refusal: 401, nobody has proven to be one yet.
        """
        if self.row.party is None:
            raise Refusal("unauthorized", _("Please log in first."), 401)
        return self.row.party

    @property
    def known(self) -> bool:
        """This will tell whether the journey has a customer yet."""
        return self.row.party is not None

    @property
    def ways(self) -> tuple[str, ...]:
        """This will name the channels of the journey, the present one first: what one of them offered stands in all that follow."""
        return tuple(dict.fromkeys([self.caller.channel, *reversed(self.row.channels)]))

    def given(self, key: str) -> Any:
        """This will give what the caller brought along under a name ("line"), or None."""
        return self._given(key)

    async def prove(self, level: Proof) -> None:
        """This will ask who it is, unless the journey knows well enough; what was done on a proof needs no fresh one."""
        if level is Proof.NONE or self._proven(level):
            return
        notes: dict[str, Any] = self.row.notes.get("prove") or {}
        if notes.get("pending") == level:
            raise Pause(Question(Ask.WAIT, "prove", msgspec.convert(notes["text"], Text), level=level))
        text, fields = prover_for(level).fields(self.row, self.caller, notes)
        raise Pause(Question(Ask.PROVE, "prove", text, fields=fields, level=level, why=self.whys.get("prove")))

    async def hold(self, key: str, kind: str, of: str, **what: Any) -> Held:
        """This will hold what was chosen under `of`; when it is gone, or has lapsed, that question comes back."""
        entry = self.row.has("hold", key)
        if entry:
            held = msgspec.convert(entry.value, Held)
            if held.until > self.tx.now or self._passed_on(entry):
                return held
            if self._is_loose(of):
                raise Died(of, _("We could keep it for you only until {until}.", until=held.until), lapsed=True)
        token = self.token(key)
        outcome = self._brought(f"hold:{token}:{what}", lambda: SCARCE[kind].take(self.tx.store, token, what))
        if isinstance(outcome, Refusal):
            if self._is_loose(of):
                raise Died(of, outcome.reason)
            raise outcome
        self._enter(Entry("hold", key, msgspec.to_builtins(outcome), of=of, until=outcome.until))
        return outcome

    def token(self, key: str) -> str:
        """This will give the token of the hold under a key: the same again after a crash, another after the hold has died."""
        return self.row.token(key)

    async def do(self, key: str, action: Callable[..., Awaitable[T]], /, **values: Any) -> T:
        """This will run `action(tx, **values)` once, in this transaction, and give its recorded result ever after.

        The action takes on what was held and paid before it: should the journey end badly later, that is the action's to undo.
        """
        entry = self.row.has("effect", key)
        if entry is None:
            if FUNCTIONS[self.row.function].looks:
                raise RuntimeError(f"{self.row.function} only looks, as it says of itself, and may not {key}")
            await self.person_agrees(key)
            facts.opened(self.row, self.tx)
            entry = Entry("effect", key, msgspec.to_builtins(await action(self.tx, **values)))
            self._enter(entry)
        return msgspec.convert(entry.value, get_type_hints(action).get("return", Any))

    async def pay(self, key: str, amount: Money, text: Text) -> str:
        """This will ask for money and wait until it is there; gives the payment's id. The notice comes by the engine."""
        entry = self.row.has("payment", key) or await self._begin_to_pay(key, amount, text)
        intent = msgspec.convert(entry.value, Intent)
        if not entry.value["paid"] and self.caller.who.staff and isinstance(self.offered.get(key), dict):
            await self._take_here(entry, intent.payment, self.offered.pop(key))
        if entry.value["paid"]:
            return intent.payment
        ways = ["url", "cash"] if self.caller.who.staff else ["url"]
        raise Pause(
            Question(Ask.PAY, key, text, amount=intent.amount, url=intent.url, expires=intent.until, why=self.whys.get(key), ways=ways)
        )

    def has_paid(self, key: str) -> bool:
        """This will tell whether a payment under this key was begun or made."""
        return self.row.has("payment", key) is not None

    async def wait_for(self, key: str, text: Words, *, deadline: timedelta | None = None) -> Any:
        """This will wait until the world answers under this key by `arrive(tx, journey.address(key), value)`.

        When the deadline, counted from when the waiting began, passes first, the value is `{"never": True}`.
        """
        entry = self.row.has("arrival", key)
        if entry is None and f"arrived:{key}" in self.row.notes:
            entry = Entry("arrival", key, self.row.notes.pop(f"arrived:{key}"), self.row.turn)
            self._enter(entry)
        if entry is not None:
            return entry.value
        until = self._until(key, deadline) if deadline else None
        raise Pause(Question(Ask.WAIT, key, text, expires=until))

    def address(self, key: str) -> str:
        """This will give the address to which the world's answer under `key` is sent."""
        return f"{self.id}/{key}"

    def _proven(self, level: Proof) -> bool:
        """Whether this is known already; the journey keeps what its later steps were done on."""
        shown = [entry for entry in self.row.entries if entry.kind == "proof" and entry.value["level"] >= level]
        if any(self._sealed(entry) for entry in shown):
            return True
        if self.row.party is None or self.row.proven(self.tx.now) < level:
            return False
        if not shown:
            value = {"party": self.row.party, "level": self.row.proof["level"], "by": self.row.proof.get("by")}
            entry = Entry("proof", "prove", value, at=self.tx.now, channel=self.caller.channel, party=self.row.party)
            entry.staff = facts.acting(self.row, self.caller)
            self.row.entries.append(entry)
        return True

    def _passed_on(self, entry: Entry) -> bool:
        return any(other.kind == "effect" for other in self.row.entries[self.row.entries.index(entry) + 1 :])

    def _is_loose(self, key: str) -> bool:
        """Whether an answer can still be asked again: its hold does not count, what was done or paid for after it does."""
        entry = self.row.has("answer", key)
        return entry is not None and not any(
            other.kind in ("effect", "payment") for other in self.row.entries[self.row.entries.index(entry) + 1 :]
        )

    def _brought(self, key: str, work: Callable[[], Awaitable[Any]]) -> Any:
        if key not in self.brought:
            raise Interlude(key, work)
        return self.brought[key]

    async def _begin_to_pay(self, key: str, amount: Money, text: Text) -> Entry:
        self._extend_holds(key)
        facts.opened(self.row, self.tx)
        intent = await till().ask(
            self.tx, to=self.address(key), once=f"{stem(self.id)}:{key}:{self.row.notes.get(f'pay:{key}', 0)}", party=self.row.party,
            amount=amount, text=text, until=self.tx.now + PAY_LIMIT, channel=self.caller.channel,
        )  # fmt: skip
        entry = Entry("payment", key, msgspec.to_builtins(intent) | {"paid": False})
        self._enter(entry)
        return entry

    def _extend_holds(self, key: str) -> None:
        until = self.tx.now + PAY_LIMIT + PAY_MARGIN
        for entry in [entry for entry in self.row.entries if entry.kind == "hold" and not self._passed_on(entry)]:
            held = msgspec.convert(entry.value, Held)
            if held.until >= until - timedelta(minutes=5):
                continue
            outcome = self._brought(f"extend:{entry.key}:{key}", _extending(self.tx, held, until))
            if isinstance(outcome, Refusal):
                if not self._is_loose(entry.of or ""):
                    raise outcome
                raise Died(entry.of or "", outcome.reason, lapsed=True)
            entry.value, entry.until = msgspec.to_builtins(outcome), outcome.until

    async def _take_here(self, entry: Entry, payment: str, reply: dict[str, Any]) -> None:
        try:
            await till().take_here(self.tx, payment, method=str(reply.get("method", "cash")), caller=self.caller)
        except Refusal as refusal:
            raise BadAnswer(refusal.code, refusal.reason, refusal.status) from refusal
        entry.value["paid"], entry.staff = True, self.caller.who.staff
        facts.step(self.row, self.tx, facts.Paid, entry.key)

    def _until(self, key: str, deadline: timedelta) -> datetime:
        """When the waiting under a key ends; the first to ask winds the clock."""
        until = self.row.notes.get(f"wait:{key}")
        if until is None:
            until = self.row.notes[f"wait:{key}"] = (self.tx.now + deadline).isoformat()
            never = {"to": self.address(key), "value": {"never": True, "due": until}}
            self.tx.later("journey.arrive", never, due=self.tx.now + deadline)
        return datetime.fromisoformat(until)


def _extending(tx: Tx, held: Held, until: datetime) -> Callable[[], Awaitable[Held]]:
    return lambda: SCARCE[held.what].extend(tx.store, held, until)
