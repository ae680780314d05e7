"""Five places for lines a person: held while a line is being opened, kept while it lives."""

from datetime import datetime
from typing import Any

from onehall.domains.party import events, rules, store
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for
from onehall.kernel.journeys import Held, scarce
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

KIND = "line_slot"


class LineSlots:
    """The scarce kind "line_slot": `journey.hold("slot", "line_slot", of="prove", document=party.document_hash)`."""

    async def take(self, store_: Store, token: str, what: dict[str, Any]) -> Held:
        """This will hold one of the five places of `what["document"]`.

        :raises Refusal: `lines.five`, 409.
        """
        hashed = str(what["document"])
        return await store_.run(home_for(hashed), lambda tx: take_slot(tx, hashed, token))

    async def extend(self, store_: Store, held: Held, until: datetime) -> Held:
        """This will keep the place longer.

        :raises Refusal: `slot.gone`, 409.
        """
        async with store_.edge(held.home, alone=True) as tx:
            if await store.slots.extend(tx, held.token, until) is None:
                raise _gone()
        return Held(held.what, held.ref, held.home, held.token, until)

    async def release(self, tx: Tx, held: Held) -> None:
        """This will give the place back, unless a line keeps it."""
        await store.slots.release(tx, held.token)


async def take_slot(tx: Tx, document: str, token: str) -> Held:
    """This will hold one of a person's five places for a token; taken twice it is the same place. `tx` stands in home_for(document).

    :raises Refusal: `lines.five`, 409.
    """
    await store.slots.lock(tx, document)
    taken = await store.slots.of_document(tx, document)
    slot, until = rules.free_slot(taken, token, tx.now), tx.now + rules.SLOT_LEASE
    if any(one.token == token and one.line for one in taken):
        return Held(KIND, f"{slot}/{rules.LINES_PER_PERSON_MAX}", tx.home, token, until)
    if slot is None:
        raise rules.five_already()
    if not await store.slots.lease(tx, document, slot, token, until, tx.now - rules.SLOT_GRACE):
        raise rules.five_already()
    return Held(KIND, f"{slot}/{rules.LINES_PER_PERSON_MAX}", tx.home, token, until)


async def keep_slot(tx: Tx, document: str, token: str, line: str) -> None:
    """This will give a held place to a line for good; safe twice. `tx` stands in home_for(document).

    :raises Refusal: `slot.gone`, 409, the hold was lost.
    """
    slot = rules.slot_of(await store.slots.of_document(tx, document), token, line)
    if slot is None:
        raise _gone()
    store.slots.keep(tx, document, slot, token, line)
    tx.tell(events.SlotKept(line, slot))


async def free_slot(tx: Tx, document: str, line: str) -> None:
    """This will give a line's place back; safe twice. `tx` stands in home_for(document)."""
    if await store.slots.free(tx, document, line):
        tx.tell(events.SlotFreed(line))


def _gone() -> Refusal:
    return Refusal("slot.gone", _("The place for this line was held for too long and is gone."), 409)


scarce(KIND, LineSlots())
