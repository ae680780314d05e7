"""Programs that act for a customer: their grant taken up by its code, read at every call, and what they do told to the log."""

from datetime import timedelta
from typing import Any

import msgspec

from onehall.domains import party
from onehall.domains.party import AgentGrant
from onehall.kernel import ids
from onehall.kernel.events import Fact, Origin
from onehall.kernel.i18n import Text, _
from onehall.kernel.identity import Who, tokens
from onehall.kernel.identity.limits import Limit
from onehall.kernel.identity.proof import Proof
from onehall.kernel.identity.tokens import Claims
from onehall.kernel.journeys import Caller
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import current
from onehall.kernel.store import Store, Tx

KIND, ASKED = "agent", "agent-asked"
ASKED_LIFE = timedelta(minutes=10)
PROOF_LIFE = timedelta(minutes=10)
TOLD_PER_HOUR = 10


class AgentCalled(Fact, frozen=True, tag="agent.called"):
    """A program called a tool. `outcome`: a journey's state, or the code of the refusal."""

    grant: str
    agent: str
    tool: str
    outcome: str
    journey: str = ""
    function: str = ""


class Agents:
    """What the hall does for programs, beside what it does for everybody."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sent = Limit(TOLD_PER_HOUR, 3600)

    async def claim(self, code: str) -> tuple[str, AgentGrant]:
        """This will give the token of a grant for its code, once.

        :raises Refusal: `agent.code`, 422.
        """
        grant, secret = party.actions.split_code(code)
        async with self.store.edge(grant, Origin(channel=KIND)) as tx:
            taken = await party.actions.claim_grant(tx, grant, secret)
        if taken is None:
            raise party.actions.wrong_code()
        now = self.store.clock.now()
        end = int(taken.until.timestamp())
        return tokens.sign(Claims(KIND, taken.party, end, int(now.timestamp()), end, grant, proof=taken.proof)), taken

    async def of_token(self, token: str) -> AgentGrant:
        """This will give the grant that a token stands for, as it is now. One statement.

        :raises Refusal: `agent.over`, 401, it has ended, or was never ours.
        """
        claims = tokens.read(token, self.store.clock.now(), KIND)
        grant = None
        if claims is not None:
            async with self.store.edge(claims.sid) as tx:
                grant = await party.queries.agent(tx, claims.sid)
        if claims is None or grant is None or grant.party != claims.sub:
            raise Refusal("agent.over", _("The customer does not let you act for them any more."), 401)
        return grant

    def caller(self, grant: AgentGrant | None, guest: Who, proof_max: Proof) -> Caller:
        """This will give a program as it stands in the hall: for its customer as far as the grant goes, else as a guest."""
        plain = Who(language=guest.language, address=guest.address)
        if grant is None:
            return Caller(KIND, plain, "agent:guest")
        now, proof = self.store.clock.now(), min(Proof(grant.proof), proof_max, Proof.CODE)
        who = msgspec.structs.replace(plain, agent=grant.id, proof=proof, proven_at=now, expires=min(grant.until, now + PROOF_LIFE))
        return Caller(KIND, who, f"agent:{grant.name}", party=grant.party)

    async def agree_within(
        self, grant: AgentGrant, journey: str, question: dict[str, Any], each_max: int, day_max: int
    ) -> bool:
        """This will count what is agreed to against the customer's limits and the house's; False when it is above one."""
        amount = int((question.get("summary") or {}).get("total_minor") or 0)
        async with self.store.edge(grant.id, self._origin(grant, journey)) as tx:
            return amount > 0 and await party.actions.agree_within(
                tx, grant.id, journey, question["key"], question["turn"], amount, each_max, day_max
            )

    async def note_elicited(self, grant: AgentGrant, journey: str, question: dict[str, Any]) -> None:
        """This will note that the customer said yes in their own program."""
        amount = (question.get("summary") or {}).get("total_minor")
        async with self.store.edge(grant.id, self._origin(grant, journey)) as tx:
            await party.actions.note_elicited(tx, grant.id, journey, question["key"], question["turn"], amount)

    def asked(self, caller: Caller, journey: str, key: str, turn: int) -> str:
        """This will sign what was asked of the person, so that what comes back is known to answer it."""
        now = self.store.clock.now()
        end = int((now + ASKED_LIFE).timestamp())
        return tokens.sign(Claims(ASKED, caller.holder or "guest", end, int(now.timestamp()), end, f"{journey}/{turn}/{key}"))

    def was_asked(self, caller: Caller, signed: str) -> tuple[str, str, int]:
        """This will read what was asked: journey, key and turn.

        :raises Refusal: `agent.asked`, 422, it was not asked of this caller, or too long ago.
        """
        claims = tokens.read(signed, self.store.clock.now(), ASKED)
        if claims is None or claims.sub != (caller.holder or "guest"):
            raise Refusal("agent.asked", _("This does not answer what was asked."), 422)
        journey, turn, key = claims.sid.split("/", 2)
        return journey, key, int(turn)

    async def tell_customer(self, grant: AgentGrant, journey: str, turn: int, title: str) -> str:
        """This will send the customer a link under which they say yes or no themselves; gives the link. Once for a question."""
        link = f"{current().url}/login?to=/j/{journey}"
        text = _("{agent} asks you to agree: {what}. Read it and say yes or no: {link}", agent=grant.name, what=title, link=link)

        if self.sent.wait(grant.id, self.store.clock.now().timestamp()) > 0:
            return link

        async def send(tx: Tx) -> None:
            phone = (await party.queries.contact(tx, grant.party)).phone
            if phone:
                self._send(tx, phone, text, f"agent:{journey}:{turn}")

        await self.store.run(grant.party, send, self._origin(grant, journey))
        return link

    async def tell(self, caller: Caller, grant: AgentGrant | None, called: AgentCalled) -> None:
        """This will write a call into the log."""
        origin = Origin(
            channel=KIND, party=caller.customer, journey=called.journey or None, function=called.function or None, source=caller.source
        )
        async with self.store.edge(ids.home_of(grant.party) if grant else ids.random_home(), origin) as tx:
            tx.tell(called)

    @staticmethod
    def _origin(grant: AgentGrant, journey: str) -> Origin:
        return Origin(channel=KIND, party=grant.party, journey=journey, source=f"agent:{grant.name}")

    @staticmethod
    def _send(tx: Tx, phone: str, text: Text, once: str) -> None:
        tx.later("sms.send", {"to": phone, "text": msgspec.to_builtins(text)}, once=once)
