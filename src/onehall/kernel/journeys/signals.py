"""What a function raises through its questions, for the engine alone: no function may catch it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from onehall.kernel.i18n import Words
from onehall.kernel.journeys.words import Option, Question
from onehall.kernel.refusals import Refusal

Finder = Callable[[str], Awaitable[Sequence[Option]]]


class Pause(BaseException):
    """A question is open; `finder` searches its long list of options, if it has one."""

    def __init__(self, question: Question, finder: Finder | None = None) -> None:
        super().__init__(question.key)
        self.question = question
        self.finder = finder


class Died(BaseException):
    """A recorded answer, hold or payment has become impossible; it and the loose answers after it are forgotten."""

    def __init__(self, key: str, why: Words, lapsed: bool = False) -> None:
        super().__init__(key)
        self.key = key
        self.why = why
        self.lapsed = lapsed


class Interlude(BaseException):
    """Something must be done in another home, in a transaction of its own, before the run can go on."""

    def __init__(self, key: str, work: Callable[[], Awaitable[Any]]) -> None:
        super().__init__(key)
        self.key = key
        self.work = work

    async def outcome(self) -> Any:
        """This will do it; a no that it brings back is an outcome too, and the run decides what it means."""
        try:
            return await self.work()
        except Refusal as refusal:
            if refusal.status >= 500:
                raise
            return refusal


class Declined(BaseException):
    """The person said no to what was to be agreed."""


class BadAnswer(Refusal):
    """The answer does not fit the question."""
