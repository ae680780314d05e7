"""What a customer lets a program do for them: granted, taken up once by its code, counted, ended."""

import secrets
from datetime import timedelta

import msgspec

from onehall.domains.party import events, rules, store
from onehall.domains.party.model import AgentGrant
from onehall.kernel import crypto
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.identity.proof import Proof
from onehall.kernel.ids import is_id
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import current
from onehall.kernel.store import Tx

SECRET_BYTES = 10


class Granted(msgspec.Struct, frozen=True):
    """A grant and the code by which its program takes it up, once."""

    grant: AgentGrant
    code: str


async def grant_agent(tx: Tx, party: str, name: str, scope: str, each_max: int, day_max: int, days: int) -> Granted:
    """This will let a program act for a customer for some days; limits in minor units.

    :raises Refusal: `agent.many`, 409.
    """
    rules.check_agents(await store.agents.of_party(tx, party, tx.now, rules.AGENTS_MAX + 1))
    grant = AgentGrant(
        id=tx.new_id(), party=party, name=name, scope=scope, each_max=each_max, day_max=day_max, proof=int(Proof.CODE),
        until=tx.now + timedelta(days=days), created=tx.now,
    )  # fmt: skip
    secret = secrets.token_hex(SECRET_BYTES)
    await store.agents.add(tx, grant, _hash(grant.id, secret), tx.now + timedelta(minutes=current().handover_minutes))
    tx.tell(events.AgentAllowed(party, grant.id, name, scope))
    return Granted(grant, f"{grant.id}-{secret}")


async def end_agent(tx: Tx, party: str, grant: str) -> bool:
    """This will end what a program may do; it counts from this moment. False when it had ended before."""
    ended = await store.agents.end(tx, grant)
    if ended:
        tx.tell(events.AgentStopped(party, grant))
    return ended


async def claim_grant(tx: Tx, grant: str, secret: str) -> AgentGrant | None:
    """This will use up the code of a grant; a wrong one counts, and gives None."""
    if not await store.agents.claim(tx, grant, _hash(grant, secret)):
        await store.agents.count_try(tx, grant)
        return None
    return await store.agents.find(tx, grant)


async def agree_within(tx: Tx, grant: str, journey: str, question: str, turn: int, amount: int, each_max: int, day_max: int) -> bool:
    """This will count what a program agrees to by itself against the day's limit; False when it is above one, or was counted before."""
    if not await store.agents.note_yes(tx, grant, journey, question, turn, "limit", amount):
        return False
    if await store.agents.spend(tx, grant, amount, tx.now.astimezone(ZONE).date(), each_max, day_max):
        return True
    await tx.undo()
    return False


async def note_elicited(tx: Tx, grant: str, journey: str, question: str, turn: int, amount: int | None) -> None:
    """This will note a yes that the customer gave in their own program."""
    await store.agents.note_yes(tx, grant, journey, question, turn, "elicited", amount)


def split_code(code: str) -> tuple[str, str]:
    """This will take a code apart into the grant and its secret.

    :raises Refusal: `agent.code`, 422, a text that is no such code.
    """
    grant, _dash, secret = code.strip().lower().partition("-")
    if not is_id(grant) or not secret.isascii() or not secret.isalnum():
        raise wrong_code()
    return grant, secret


def wrong_code() -> Refusal:
    """This will refuse a code; the answer is the same whatever is wrong with it."""
    return Refusal("agent.code", _("This code is not right, or no longer good."), 422)


def _hash(grant: str, secret: str) -> str:
    return crypto.keyed_hash(current().secret, f"{grant}|{secret}", "agent")
