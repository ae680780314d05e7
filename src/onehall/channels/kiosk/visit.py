"""One visit of a kiosk's screen: the cabinet, who stands there, and the page that goes back."""

from typing import Any

import msgspec
from litestar import Request, Response

from onehall.channels.kiosk import session as sessions
from onehall.channels.kiosk.machines import Machine, Machines
from onehall.channels.kiosk.room import IDLE_SECONDS, ROOM, WARN_SECONDS
from onehall.channels.kiosk.session import Session
from onehall.hall import Caller, View
from onehall.kernel.functions import Proof
from onehall.kernel.journeys.row import load
from onehall.pages import Visit, replies

ERASES = {"Clear-Site-Data": '"cache"'}


class Stand(Visit):
    """A visit with a session and a machine. Every answer says that somebody was there."""

    machine: Machine
    session: Session

    async def settle(self) -> "Stand":
        """This will find out who stands here, and at which cabinet; notes of one who left are given back."""
        now = self.store.clock.now()
        self.session = sessions.read(self.request.cookies.get(sessions.COOKIE), now).at(now)
        self.machine = await _machines(self.request).get(self.session.cabinet)
        await self.let_go()
        await self.machine.deliver()
        return self

    async def let_go(self) -> None:
        """This will give the notes back that lie in escrow for somebody else."""
        left = self.machine.till.open
        if left and left.wish.session != self.session.id:
            await self.machine.till.undo(left.id)

    def caller(self, party: str | None = None) -> Caller:
        """This will give who stands at the counter: somebody at this kiosk, known once they have shown who they are."""
        one = self.session
        who = msgspec.structs.replace(self.who, visitor=one.id, party=None, staff=None, proof=Proof.NONE, session=None, expires=None)
        if one.party:
            who = msgspec.structs.replace(who, party=one.party, proof=Proof(one.level), expires=one.expires)
        return Caller("kiosk", who, source=f"kiosk:{one.cabinet}")

    async def remember(self, view: View) -> None:
        """This will keep for this session who they proved to be in a journey here; what came from elsewhere is not theirs yet."""
        if self.session.party or not view.party or not view.id:
            return
        async with self.store.edge(view.id) as tx:
            row = await load(tx, view.id)
        shown = [each for each in row.entries if each.kind == "proof" and each.channel == "kiosk"] if row else []
        if row and shown and row.party == shown[-1].party:
            self.session = self.session.proven(str(row.party), Proof(shown[-1].value["level"]), self.store.clock.now())

    def wipe(self) -> None:
        """This will forget who stood here."""
        self.session = sessions.new(self.store.clock.now(), self.session.cabinet)

    def go(self, path: str) -> Response[str]:
        """This will send the screen to another page."""
        return self._with_session(replies.go(path))

    def page(self, template: str, status: int = 200, **given: Any) -> Response[str]:
        """This will answer with a page for the screen."""
        about = {"idle": IDLE_SECONDS, "warn": WARN_SECONDS, "cabinet": self.session.cabinet, "at_home": False}
        return self._with_session(super().page(template, status, **(about | given)))

    def journey(self, view: View, status: int = 200, **given: Any) -> Response[str]:
        """This will answer with a journey."""
        question = view.question or {}
        waits = question.get("kind") in ("wait", "pay") and not question.get("hand_over")
        return self.page(
            "journey.html", status, view=msgspec.to_builtins(view), question=view.question, waits=waits,
            mark=f"{view.state}.{question.get('turn', 0)}", path=f"/kiosk/j/{view.id}", **given,
        )  # fmt: skip

    def _with_session(self, answer: Response[str]) -> Response[str]:
        answer.set_cookie(sessions.write(self.session))
        return answer


async def stand(request: Request[Any, Any, Any]) -> Stand:
    """This will begin a visit."""
    return await Stand(request, ROOM).settle()


def _machines(request: Request[Any, Any, Any]) -> Machines:
    state = request.app.state
    if "machines" not in state:
        state["machines"] = Machines(state.world.cabinets, state.hall)
    found: Machines = state["machines"]
    return found
