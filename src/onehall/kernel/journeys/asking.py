"""How a function asks: a reply, a value brought along or a recorded answer is tried; else the run pauses at the question."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn, TypeVar, get_type_hints

import msgspec

from onehall.kernel.crypto import Unreadable
from onehall.kernel.functions import Ask
from onehall.kernel.i18n import Text, Words, _, keep
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.channel import CHANNELS, Caller
from onehall.kernel.journeys.row import Row
from onehall.kernel.journeys.secrets import MASK, hide, reveal
from onehall.kernel.journeys.signals import BadAnswer, Declined, Died, Finder, Pause
from onehall.kernel.journeys.signatures import keep_signature
from onehall.kernel.journeys.words import Entry, Field, Item, Option, Question, Summary, as_kept, item
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

T = TypeVar("T")
OPTIONS_SHOWN = 30
TEXT_LENGTH_MAX = 500
YES = frozenset({"yes", "y", "true", "1", "是", "好", "ok"})
NO = frozenset({"no", "n", "false", "0", "否", "不"})
_STEPS = {"answer": facts.Answered, "effect": facts.Effected, "hold": facts.Kept}


class Asking:
    """One run of a function. `offered` is the reply that is being heard, `brought` what interludes brought back."""

    def __init__(self, row: Row, tx: Tx, caller: Caller, offered: dict[str, Any], brought: dict[str, Any], whys: dict[str, Any]) -> None:
        self.row = row
        self.tx = tx
        self.caller = caller
        self.offered = offered
        self.brought = brought
        self.whys = whys

    async def choose(
        self, key: str, text: Words, options: Callable[..., Awaitable[Sequence[Option]]], *,
        find: Callable[[str], Awaitable[Option | None]] | None = None, gone: Words | None = None, kind: Ask = Ask.CHOOSE,
    ) -> Option:  # fmt: skip
        """This will ask to choose one of `options()`; with `find`, of a long list searched by `options(words)`."""
        entry = self.row.has("answer", key)
        if entry and self._sealed(entry):
            return msgspec.convert(entry.value, Option)
        wanted = entry.value["value"] if entry else _words(self._reply(key))
        shown: Sequence[Option] = await options() if find is None else ()
        chosen = await _pick(wanted, shown, find)
        gone = gone or _("What you chose is no longer available.")
        if entry:
            if chosen is None:
                raise Died(key, gone)
            return chosen
        if find is not None and chosen is None:
            shown = await options("")
        question = Question(kind, key, text, options=shown[:OPTIONS_SHOWN], more=len(shown) > OPTIONS_SHOWN, search=find is not None)
        if chosen is None and wanted is not None and self._was_shown(key, wanted, find is not None):
            raise Died(key, gone)
        if chosen is None:
            self._ask(question, _("Please choose one of the options."), options if find else self._among(shown))
        self._keep(question, msgspec.to_builtins(chosen), chosen.text)
        return chosen

    async def pick_time(self, key: str, text: Words, slots: Callable[[], Awaitable[Sequence[Option]]]) -> Option:
        """This will ask for one of the times on offer."""
        return await self.choose(key, text, slots, gone=_("That time is taken."), kind=Ask.PICK_TIME)

    async def enter(self, key: str, text: Words, check: Callable[[str], T], *, kind: str = "text", hint: Words = "") -> T:
        """This will ask for words or a number; `check` turns them into a value, or refuses with the reason.

        Under a key that the function calls secret they are kept sealed: `check` must not repeat them in its reason.
        """
        entry = self.row.has("answer", key)
        if entry:
            return self._entered(entry, check)
        question = Question(Ask.ENTER, key, text, fields=[Field("value", text, kind, hint=hint)])
        wanted = _words(self._reply(key))
        if wanted is None:
            self._ask(question, _("Please answer with a short text."))
        try:
            value = check(wanted)
        except Refusal as refusal:
            self._ask(question, refusal.reason)
        self._keep_entered(question, wanted, msgspec.to_builtins(value))
        return value

    def _keep_entered(self, question: Question, words: str, made: Any) -> None:
        if question.key in self.row.works.secret:
            self._keep(question, hide([words, made]), MASK, secret=True)
        else:
            self._keep(question, words, words, made=made)

    def _entered(self, entry: Entry, check: Callable[[str], T]) -> T:
        """What was entered before an action is a fact, whatever the rule says of it today."""
        sealed, kind = self._sealed(entry), get_type_hints(check).get("return")
        words, made = _read(entry)
        if sealed and kind is not None:
            return msgspec.convert(made, kind)
        try:
            return check(words)
        except Refusal as refusal:
            if sealed:
                return made
            raise Died(entry.key, refusal.reason) from refusal

    async def confirm(self, key: str, summary: Summary, text: Words | None = None) -> None:
        """This will ask for a yes to exactly this summary, which is recorded word for word with it; signed where the channel signs."""
        await self._agree(key, summary, text)
        agreed = self.row.has("answer", key)
        if agreed and CHANNELS[self.caller.channel].signs and not self._sealed(agreed):
            await self.sign(f"{key}.signed", _("Please sign what you agreed to."), keep_signature)

    async def _agree(self, key: str, summary: Summary, text: Words | None) -> None:
        words = as_kept(summary)
        entry = self.row.has("answer", key)
        if entry and (self._sealed(entry) or entry.value == words):
            return
        if entry:
            raise Died(key, _changed(entry.value, words))
        question = Question(Ask.CONFIRM, key, text or _("Do you agree?"), summary=summary)
        wanted = _plain(self.offered.get(key))
        if str(wanted).strip().lower() in NO:
            raise Declined(key)
        shown = (self.row.question or {}).get("summary")
        if key in self.offered and shown is not None and shown != words:
            raise Died(key, _changed(shown, words))
        if str(wanted).strip().lower() not in YES:
            self._ask(question, _("Please answer yes or no."))
        if key in self.offered and self.caller.who.agent and not self.caller.who.agreed:
            raise BadAnswer("agree.person", _("Only the customer can agree to this."), 403)
        self._keep(question, words, _("Yes"), agreed=self.caller.who.agreed or "person")

    async def attach(self, key: str, text: Words, keep_file: Callable[[Tx, dict[str, Any]], Awaitable[str]]) -> str:
        """This will ask for a file or picture; `keep_file` stores it and gives the reference that is recorded."""
        return await self._special(Ask.ATTACH, key, text, "file", keep_file)

    async def sign(self, key: str, text: Words, keep_file: Callable[[Tx, dict[str, Any]], Awaitable[str]]) -> str:
        """This will ask for a signature."""
        return await self._special(Ask.SIGN, key, text, "signature", keep_file)

    async def _special(
        self, kind: Ask, key: str, text: Words, field: str, keep_file: Callable[[Tx, dict[str, Any]], Awaitable[str]]
    ) -> str:
        entry = self.row.has("answer", key)
        if entry:
            return str(entry.value)
        question = Question(kind, key, text, fields=[Field("value", text, field)])
        wanted = self._reply(key)
        if not isinstance(wanted, dict):
            self._ask(question, _("Please attach a file."))
        try:
            reference = await keep_file(self.tx, wanted)
        except Refusal as refusal:
            self._ask(question, refusal.reason)
        self._keep(question, reference, _("Received"))
        return reference

    def _reply(self, key: str) -> Any:
        return self.offered[key] if key in self.offered else self._given(key)

    def _given(self, key: str) -> Any:
        kept = self.row.given.get(key)
        try:
            return reveal(kept) if key in self.row.works.secret else kept
        except Unreadable:
            return None

    def _was_shown(self, key: str, value: str, searched: bool) -> bool:
        """What was shown and is gone meanwhile is no wrong answer: the question comes again, with what there is now."""
        question = self.row.question or {}
        return question.get("key") == key and (searched or any(option["value"] == value for option in question.get("options", ())))

    def _ask(self, question: Question, wrong: Words, finder: Finder | None = None) -> NoReturn:
        """Pause at the question; a reply that did not fit is refused, a value brought along that did not is the reason."""
        if question.key in self.offered:
            raise BadAnswer("answer.invalid", wrong, 422)
        brought = self.row.given.pop(question.key, None) is not None
        why = self.whys.get(question.key) or (wrong if brought else None)
        raise Pause(msgspec.structs.replace(question, why=why), finder)

    async def person_agrees(self, key: str) -> None:
        """This will ask the customer's own yes to what a program prepared for them, before it is done under `key`.

        What they agreed to in the function itself since the program's last answer, or paid for, needs no other yes.
        """
        if self._prepared_by_program():
            said = [entry for entry in self.row.entries if entry.kind == "answer" and not entry.agreed]
            lines = [item(_("What shall be done"), self.row.works.title), *(Item(entry.text, entry.shown) for entry in said)]
            await self.confirm(f"{key}.agreed", Summary(lines), _("A program asks this for you. Do you agree?"))

    def _prepared_by_program(self) -> bool:
        if not any(CHANNELS[name].programs for name in self.row.channels if name in CHANNELS):
            return False
        for entry in reversed(self.row.entries):
            if entry.agreed or (entry.kind == "payment" and entry.value["paid"]):
                return False
            if entry.kind == "answer" and entry.channel in CHANNELS and CHANNELS[entry.channel].programs:
                return True
        return True

    def _keep(self, question: Question, value: Any, shown: Words, made: Any = None, secret: bool = False, agreed: str = "") -> None:
        self.row.given.pop(question.key, None)
        self.offered.pop(question.key, None)
        entry = Entry("answer", question.key, value, turn=self.row.turn, text=keep(question.text), shown=keep(shown), made=made)
        entry.secret, entry.agreed = secret, agreed
        self._enter(entry)

    def _enter(self, entry: Entry) -> None:
        """Write an entry; another of its kind under its key gives it its place."""
        entry.at, entry.channel, entry.party = self.tx.now, self.caller.channel, self.row.party
        entry.staff = facts.acting(self.row, self.caller)
        before = self.row.has(entry.kind, entry.key)
        if before is not None:
            self.row.entries[self.row.entries.index(before)] = entry
        else:
            self.row.entries.append(entry)
        if entry.kind in _STEPS:
            facts.step(self.row, self.tx, _STEPS[entry.kind], entry.key)

    def _sealed(self, entry: Entry) -> bool:
        later = self.row.entries[self.row.entries.index(entry) + 1 :]
        if any(other.kind in ("effect", "payment") for other in later):
            return True
        return any(other.kind == "hold" and other.of == entry.key and other.until and other.until > self.tx.now for other in later)

    @staticmethod
    def _among(options: Sequence[Option]) -> Finder:
        async def find(words: str) -> Sequence[Option]:
            return [option for option in options if words.lower() in str(option.text).lower() or words in option.value]

        return find


async def _pick(wanted: str | None, shown: Sequence[Option], find: Callable[[str], Awaitable[Option | None]] | None) -> Option | None:
    if wanted is None:
        return None
    return await find(wanted) if find else next((option for option in shown if option.value == wanted), None)


def _read(entry: Entry) -> tuple[str, Any]:
    """What was entered and what was made of it; what cannot be opened any more is asked again."""
    try:
        words, made = reveal(entry.value) if entry.secret else (entry.value, entry.made)
    except Unreadable as sealed:
        raise Died(entry.key, _("We cannot read this any more. Please enter it again.")) from sealed
    return words, made


def _changed(before: dict[str, Any], now: dict[str, Any]) -> Text:
    if now.get("total") and before.get("total") != now["total"]:
        return _("The price is now {price}.", price=now["total"])
    return _("The terms have changed. Please read them again.")


def _plain(reply: Any) -> Any:
    """A reply may come bare or as a form with one box."""
    return reply.get("value") if isinstance(reply, dict) else reply


def _words(reply: Any) -> str | None:
    """A short text or a number; None for anything else."""
    plain = _plain(reply)
    if isinstance(plain, bool) or not isinstance(plain, str | int):
        return None
    words = str(plain).strip()
    return words if len(words) <= TEXT_LENGTH_MAX else None
