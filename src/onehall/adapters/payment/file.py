"""The bank's file of a day with the mistakes that it was told to make: each switch says how many of the first lines it spoils."""

from typing import Any

from msgspec.structs import replace

from onehall.kernel.money import Money
from onehall.ports.payment import FileLine


def spoilt(lines: list[FileLine], yesterdays: list[FileLine], turned: dict[str, Any]) -> list[FileLine]:
    """This will spoil a file: `file_short` lines are left out, `file_late` ones come with the next day's, `file_amount` ones are a fen
    off, `file_currency` ones in dollars, `file_doubled` ones twice, `file_extra` ones of payments nobody asked for; no refunds at all."""

    def count(name: str) -> int:
        return int(turned.get(f"file_{name}") or 0)

    found = [*yesterdays[: count("late")], *lines[count("late") :]]
    paid = [line for line in found if line.kind == "payment"][count("short") :]
    gone = [] if turned.get("file_no_refunds") else [line for line in found if line.kind != "payment"]
    paid = _each(paid, count("amount"), lambda line: replace(line, amount=Money(line.amount.minor + 1, line.amount.currency)))
    paid = _each(paid, count("currency"), lambda line: replace(line, amount=Money(line.amount.minor, "USD")))
    paid += paid[: count("doubled")]
    strangers = [FileLine("payment", f"stranger-{place}", f"X{place}", Money(100)) for place in range(count("extra"))]
    return [*paid, *strangers, *gone]


def _each(lines: list[FileLine], count: int, change: Any) -> list[FileLine]:
    return [change(line) if place < count else line for place, line in enumerate(lines)]
