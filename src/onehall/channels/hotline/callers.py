"""Who calls, as the hall is told."""

from datetime import timedelta

from onehall.channels.hotline.calls import Call
from onehall.hall import Caller, Hall
from onehall.kernel.functions import Proof
from onehall.kernel.identity import Who

VOUCHED = timedelta(minutes=15)


async def caller_of(hall: Hall, call: Call) -> Caller:
    """This will give who calls: the network vouches for the number that they call from."""
    known, now = await hall.whose_phone(call.phone), hall.store.clock.now()
    if known is None:
        return Caller("hotline", Who(visitor=f"hotline:{call.phone}", language=call.stands.language))
    who = Who(party=known.party, proof=Proof.LINE, proven_at=now, expires=now + VOUCHED, language=call.stands.language,
              visitor=f"hotline:{call.phone}")  # fmt: skip
    return Caller("hotline", who)
