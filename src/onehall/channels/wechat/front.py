"""Who writes: an account that the platform vouches for, and the customer whom it was linked to by a code."""

from datetime import timedelta
from typing import Final

from onehall.hall import Caller, Hall
from onehall.kernel.events import Origin
from onehall.kernel.functions import Proof
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.identity.names import forget, name_party
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.journeys import Entry, channel
from onehall.kernel.settings import current

NAME: Final = "wechat"
FRONT = channel(
    NAME, _("WeChat"), asks="choose enter confirm pay prove pick_time wait", proves=(Proof.LINE, Proof.CODE),
    takes={"web": Proof.CODE, "api": Proof.CODE, "sms": Proof.LINE, "wechat": Proof.CODE},
)  # fmt: skip
VOUCHED: Final = timedelta(minutes=10)


async def caller(hall: Hall, openid: str) -> Caller:
    """This will give who writes: the customer whom the account is linked to, as well known as the platform vouches, else a guest."""
    known, visitor = await hall.whose(NAME, openid), f"{NAME}:{openid}"
    if known is None:
        return Caller(NAME, Who(visitor=visitor, language=current().language))
    now = hall.store.clock.now()
    who = Who(party=known.party, proof=Proof.LINE, proven_at=now, expires=now + VOUCHED, visitor=visitor, language=known.language)
    return Caller(NAME, who)


async def proofs(hall: Hall, journey: str | None) -> list[Entry]:
    """This will give the proofs that were recorded in a journey so far."""
    return [] if journey is None else [entry for entry in (await hall.engine.see(journey)).entries if entry.kind == "proof"]


async def link(hall: Hall, openid: str, before: list[Entry], after: list[Entry]) -> bool:
    """This will link an account to the customer whom its holder has just proved to be, by a code, in this very message; True when it was.

    A proof that a journey brought along links nobody: whoever has its hand-over code may be somebody else.
    """
    if len(after) <= len(before) or after[-1].channel != NAME or after[-1].value.get("level", 0) < Proof.CODE:
        return False
    party = str(after[-1].value["party"])
    async with hall.store.edge(home_for(openid), Origin(channel=NAME, party=party)) as tx:
        await name_party(tx, NAME, openid, party)
        tx.later("party.note_reach", {"party": party, "way": NAME, "address": openid}, works_in=home_of(party))
    return True


async def unlink(hall: Hall, openid: str) -> bool:
    """This will forget whose account it is; False when it was nobody's."""
    known = await hall.whose(NAME, openid)
    if known is None:
        return False
    async with hall.store.edge(home_for(openid), Origin(channel=NAME, party=known.party)) as tx:
        tx.later("party.note_reach", {"party": known.party, "way": NAME, "address": None}, works_in=home_of(known.party))
        return await forget(tx, NAME, openid, known.party)

