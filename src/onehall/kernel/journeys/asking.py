"""How a function asks: a reply, a value brought along or a recorded answer is tried; else the run pauses at the question."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import msgspec

from onehall.kernel.functions import Ask
from onehall.kernel.i18n import Text, Words, _, keep
from onehall.kernel.journeys.channel import Caller
from onehall.kernel.journeys.row import Row
from onehall.kernel.journeys.signals import BadAnswer, Declined, Died, Finder, Pause
from onehall.kernel.journeys.words import Entry, Field, Option, Question, Summary
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

T = TypeVar("T")
OPTIONS_SHOWN = 30
TEXT_LENGTH_MAX = 500
YES = frozenset({"yes", "y", "true", "1", "是", "好", "ok"})
NO = frozenset({"no", "n", "false", "0", "否", "不"})


class Asking:
    """One run of a function. `offered` is the reply that is being heard, `brought` what interludes brought back."""

    def __init__(self, row: Row, tx: Tx, caller: Caller, offered: dict[str, Any], brought: dict[str, Any], whys: dict[str, Any]) -> None:
        self.row = row
        self.tx = tx
        self.caller = caller
        self.offered = offered
        self.brought = brought
        self.whys = whys
        self.fresh: list[Entry] = []

    async def choose(
        self, key: str, text: Words, options: Callable[..., Awaitable[Sequence[Option]]], *,
        find: Callable[[str], Awaitable[Option | None]] | None = None, gone: Words | None = None, kind: Ask = Ask.CHOOSE,
    ) -> Option:  # fmt: skip
        """This will ask to choose one of `options()`; with `find`, of a long list searched by `options(words)`."""
        entry = self.row.has("answer", key)
        if entry and self._sealed(entry):
            return msgspec.convert(entry.value, Option)
        wanted = entry.value["value"] if entry else _plain(self._reply(key))
        shown: Sequence[Option] = ()
        if find is None:
            shown = await options()
            chosen = next((option for option in shown if option.value == str(wanted)), None)
        else:
            chosen = await find(str(wanted)) if wanted is not None else None
        if entry and chosen is None:
            raise Died(key, gone or _("What you chose is no longer available."))
        if entry and chosen is not None:
            return chosen
        shown = shown if find is None else await options("") if chosen is None else ()
        question = Question(kind, key, text, options=shown[:OPTIONS_SHOWN], more=len(shown) > OPTIONS_SHOWN, search=find is not None)
        finder: Finder | None = options if find else self._among(shown)
        if chosen is None:
            self._ask(question, wanted, gone or _("Please choose one of the options."), finder)
        assert chosen is not None
        self._keep(question, msgspec.to_builtins(chosen), chosen.text)
        return chosen

    async def pick_time(self, key: str, text: Words, slots: Callable[[], Awaitable[Sequence[Option]]]) -> Option:
        """This will ask for one of the times on offer."""
        return await self.choose(key, text, slots, gone=_("That time is taken."), kind=Ask.PICK_TIME)

    async def enter(self, key: str, text: Words, check: Callable[[str], T], *, kind: str = "text", hint: Words = "") -> T:
        """This will ask for words or a number; `check` turns them into a value, or refuses with the reason."""
        entry = self.row.has("answer", key)
        if entry:
            return check(entry.value)
        question = Question(Ask.ENTER, key, text, fields=[Field("value", text, kind, hint=hint)])
        wanted = self._reply(key)
        if wanted is None:
            self._ask(question, None, "")
        raw = _plain(wanted)
        if not isinstance(raw, str | int) or isinstance(raw, bool) or len(str(raw)) > TEXT_LENGTH_MAX:
            self._ask(question, wanted, _("Please answer with a short text."))
        try:
            value = check(str(raw).strip())
        except Refusal as refusal:
            self._ask(question, wanted, refusal.reason)
            raise
        self._keep(question, str(raw).strip(), str(raw).strip())
        return value

    async def confirm(self, key: str, summary: Summary, text: Words | None = None) -> None:
        """This will ask for a yes to exactly this summary, which is recorded word for word with it."""
        words = msgspec.to_builtins(summary)
        entry = self.row.has("answer", key)
        if entry and (self._sealed(entry) or entry.value == words):
            return
        if entry:
            raise Died(key, _changed(entry.value, summary))
        question = Question(Ask.CONFIRM, key, text or _("Do you agree?"), summary=summary)
        wanted = self._reply(key, given=False)
        shown = (self.row.question or {}).get("summary")
        if wanted is not None and shown is not None and shown != words:
            raise Died(key, _changed(shown, summary))
        wanted = _plain(wanted)
        if wanted is not None and str(wanted).strip().lower() in NO:
            raise Declined(key)
        if wanted is None or str(wanted).strip().lower() not in YES:
            self._ask(question, wanted, _("Please answer yes or no."))
        self._keep(question, words, _("Yes"))

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
            self._ask(question, wanted, _("Please attach a file."))
        try:
            reference = await keep_file(self.tx, wanted)
        except Refusal as refusal:
            self._ask(question, wanted, refusal.reason)
            raise
        self._keep(question, reference, _("Received"))
        return reference

    def _reply(self, key: str, given: bool = True) -> Any:
        if key in self.offered:
            return self.offered[key]
        return self.row.given.get(key) if given else None

    def _ask(self, question: Question, wanted: Any, wrong: Words, finder: Finder | None = None) -> None:
        """Pause at the question; a reply that did not fit is refused, a value brought along that did not is the reason."""
        if question.key in self.offered and wanted is not None:
            raise BadAnswer("answer.invalid", wrong, 422)
        brought = self.row.given.pop(question.key, None) is not None
        why = self.whys.get(question.key) or (wrong if brought else None)
        raise Pause(msgspec.structs.replace(question, why=why), finder)

    def _keep(self, question: Question, value: Any, shown: Words) -> None:
        self.row.given.pop(question.key, None)
        self.offered.pop(question.key, None)
        self._enter(Entry("answer", question.key, value, turn=self.row.turn, text=keep(question.text), shown=keep(shown)))

    def _enter(self, entry: Entry, replace: bool = False) -> None:
        entry.at, entry.channel, entry.staff, entry.party = (
            self.tx.now,
            self.caller.channel,
            self.caller.who.staff,
            self.row.party,
        )
        if replace:
            self.row.entries[:] = [old for old in self.row.entries if (old.kind, old.key) != (entry.kind, entry.key)]
        self.row.entries.append(entry)
        self.fresh.append(entry)

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


def _changed(before: dict[str, Any], now: Summary) -> Text:
    total = msgspec.to_builtins(now.total)
    if now.total and before.get("total") != total:
        return _("The price is now {price}.", price=now.total)
    return _("The terms have changed. Please read them again.")


def _plain(reply: Any) -> Any:
    """A reply may come bare or as a form with one box."""
    return reply.get("value") if isinstance(reply, dict) else reply
