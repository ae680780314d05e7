"""The SQL of dialogues: which question a speaker was asked last, and what was answered to which message."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from onehall.kernel import ids
from onehall.kernel.store import Store, Tx

TAKEN_OVER: Final = timedelta(seconds=30)


class Dialogue(msgspec.Struct):
    """Where a speaker stands: their journey, the values behind the numbers that were shown, which page of what they searched for.

    `stood` is where the journey stood when it was shown last.
    """

    journey: str | None = None
    shown: list[str] = []
    page: int = 0
    words: str = ""
    stood: str = ""


class Message(msgspec.Struct, frozen=True):
    """One message: in which channel, of whom, by which id of the channel's own."""

    channel: str
    speaker: str
    id: str

    @property
    def home(self) -> int:
        """This will give the home in which the speaker's dialogue is kept."""
        return ids.home_for(f"{self.channel}/{self.speaker}")


class Answer(msgspec.Struct):
    """What is replied, where the speaker stands then, and what work is left: kind, body, and the words that leave it once."""

    replies: list[str]
    stands: Dialogue
    later: list[tuple[str, dict[str, Any], str]] = []


async def claim(store: Store, message: Message) -> tuple[bool, list[str] | None]:
    """This will take a message to be worked on; (False, replies) when it came before, replies None while it is worked on.

    What a process had taken that was killed is taken over after a while.
    """
    async with store.edge(message.home) as tx:
        new = await tx.write_alone(
            "INSERT INTO dialogue_message AS m (home, channel, speaker, id, at) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (home, channel, speaker, id) "
            "DO UPDATE SET at = excluded.at WHERE m.replies IS NULL AND m.at < $6 RETURNING id",
            tx.home, message.channel, message.speaker, message.id, tx.now, tx.now - TAKEN_OVER,
        )  # fmt: skip
        if new:
            return True, None
        row = await tx.read_one(
            "SELECT replies FROM dialogue_message WHERE home = $1 AND channel = $2 AND speaker = $3 AND id = $4",
            tx.home, message.channel, message.speaker, message.id,
        )  # fmt: skip
        return False, row["replies"] if row else None


async def dialogue(store: Store, message: Message) -> Dialogue:
    """This will read where the speaker of a message stands."""
    async with store.edge(message.home) as tx:
        row = await tx.read_one(
            "SELECT journey, shown FROM dialogue WHERE home = $1 AND channel = $2 AND speaker = $3",
            tx.home, message.channel, message.speaker,
        )  # fmt: skip
    if row is None:
        return Dialogue()
    shown = row["shown"]
    return Dialogue(row["journey"], shown["values"], shown["page"], shown.get("words", ""), shown.get("stood", ""))


async def keep(store: Store, message: Message, answer: Answer) -> None:
    """This will write what was answered to a message, and where the speaker stands now. One statement, and the work that is left."""
    async with store.edge(message.home) as tx:
        if answer.later:
            await tx.write(_KEEP, *_kept(tx, message, answer))
            for kind, body, once in answer.later:
                tx.later(kind, body, once=once)
        else:
            await tx.write_alone(_KEEP, *_kept(tx, message, answer))


async def stand(tx: Tx, message: Message, now: Dialogue) -> None:
    """This will write where a speaker stands now, though nobody wrote. `tx` stands in the home of the dialogue."""
    await tx.write(_STAND, tx.home, message.channel, message.speaker, now.journey, _shown(now), tx.now)


async def forget(store: Store, message: Message) -> None:
    """This will let a message be worked on again, as it could not be answered."""
    async with store.edge(message.home) as tx:
        await tx.write(
            "DELETE FROM dialogue_message WHERE home = $1 AND channel = $2 AND speaker = $3 AND id = $4",
            tx.home, message.channel, message.speaker, message.id,
        )  # fmt: skip


_STAND = """
INSERT INTO dialogue (home, channel, speaker, journey, shown, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (home, channel, speaker) DO UPDATE SET journey = excluded.journey, shown = excluded.shown, at = excluded.at
"""
_KEEP = """
WITH told AS (UPDATE dialogue_message SET replies = $5 WHERE home = $1 AND channel = $2 AND speaker = $3 AND id = $4)
INSERT INTO dialogue (home, channel, speaker, journey, shown, at) VALUES ($1, $2, $3, $6, $7, $8)
ON CONFLICT (home, channel, speaker) DO UPDATE SET journey = excluded.journey, shown = excluded.shown, at = excluded.at
"""


def _kept(tx: Tx, message: Message, answer: Answer) -> tuple[Any, ...]:
    stands = answer.stands
    return (tx.home, message.channel, message.speaker, message.id, answer.replies, stands.journey, _shown(stands), tx.now)


def _shown(stands: Dialogue) -> dict[str, Any]:
    return {"values": stands.shown, "page": stands.page, "words": stands.words, "stood": stands.stood}
