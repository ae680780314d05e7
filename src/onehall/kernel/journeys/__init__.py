"""Journeys: conversations that outlive their channel. A journey is one row of answers; its function is run from the top."""

from onehall.kernel.functions import Ask
from onehall.kernel.journeys.channel import CHANNELS, WORLD, Caller, Channel, channel
from onehall.kernel.journeys.engine import Engine
from onehall.kernel.journeys.journey import Journey
from onehall.kernel.journeys.paying import TILLS, Intent
from onehall.kernel.journeys.proving import PROVERS, Pending, Prover, Sent
from onehall.kernel.journeys.row import Row
from onehall.kernel.journeys.scarce import scarce
from onehall.kernel.journeys.signals import BadAnswer
from onehall.kernel.journeys.words import Entry, Field, Held, Item, Option, Proved, Question, Said, Summary, item
from onehall.kernel.store import Tx

__all__ = [
    "CHANNELS", "PROVERS", "TILLS", "WORLD", "Ask", "BadAnswer", "Caller", "Channel", "Engine", "Entry", "Field", "Held", "Intent", "Item",
    "Journey", "Option", "Pending", "Proved", "Prover", "Question", "Row", "Said", "Sent", "Summary", "arrive", "channel", "item", "scarce",
]  # fmt: skip


def arrive(tx: Tx, to: str, value: dict[str, object]) -> None:
    """This will send the world's answer to the journey and key at `to`, after this transaction."""
    tx.later("journey.arrive", {"to": to, "value": value}, lane=f"arrive|{to}")
