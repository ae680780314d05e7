"""What is written to a follower afterwards: words that came late, and journeys that went on while they waited."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from onehall import dialogues
from onehall.channels.wechat import front
from onehall.dialogues import Dialogue, Message, printing
from onehall.dialogues.store import stand
from onehall.hall.view import View, view
from onehall.kernel.identity import Who
from onehall.kernel.jobs import call
from onehall.kernel.journeys import Caller, Row
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import current
from onehall.kernel.store import Tx

LOOKS_MAX: Final = 14
LOOK_FIRST: Final = timedelta(seconds=3)
FIELD_MAX: Final = 20  # letters, as the platform allows in a field of a template
LOOK_MAX: Final = timedelta(minutes=10)
WAITS: Final = ("wait:", "pay:")  # for the world, not for the follower
Later = list[tuple[str, dict[str, Any], str]]


def looks(openid: str, language: str, message: str, stands: Dialogue) -> Later:
    """This will have a journey looked at that waits for the world, so that the follower hears how it went on."""
    if stands.journey is None or not stands.stood.startswith(WAITS):
        return []
    body = {"openid": openid, "language": language, "journey": stands.journey, "stood": stands.stood, "look": 0}
    return [("wechat.look", body, f"{openid}:{message}")]


@call("wechat.send", tries_max=6)
async def send(world: Any, body: dict[str, Any]) -> None:
    """This will write to a follower outside of a reply; where the chat takes no words any more, by the template that is set."""
    try:
        await world.wechat.send_text(body["openid"], body["text"], body["job"])
    except Refusal:
        template, _colon, field = current().wechat_template.partition(":")
        if not field:
            raise
        first = body["text"].partition("\n")[0]
        words = first if len(first) <= FIELD_MAX else first[: FIELD_MAX - 1] + "…"
        await world.wechat.send_template(body["openid"], template, {field: words}, current().url, body["job"])


@call("wechat.look", tries_max=4)
async def look(world: Any, body: dict[str, Any]) -> Callable[[Tx], Awaitable[None]]:
    """This will look whether a journey went on, and write it to the follower; else look again later, for an hour or so."""
    store, message = world.engine.store, Message(front.NAME, body["openid"], "")
    stands = await dialogues.dialogue(store, message)
    row: Row = await world.engine.see(body["journey"])
    reader = Who(party=row.party, visitor=f"{front.NAME}:{body['openid']}", language=body["language"])
    shown = view(row, Caller(front.NAME, reader))
    still = dialogues.standing(shown) == body["stood"]

    async def answer(tx: Tx) -> None:
        if row.channel != front.NAME or (stands.journey == body["journey"] and stands.stood != body["stood"]) or stands.journey is None:
            return  # it went on elsewhere, or was told meanwhile
        if not still:
            await _tell(tx, message, shown, stands, body)
        elif body["look"] < LOOKS_MAX:
            due = tx.now + min(LOOK_FIRST * 2 ** body["look"], LOOK_MAX)
            tx.later("wechat.look", {**body, "look": body["look"] + 1}, due=due)

    return answer


async def _tell(tx: Tx, message: Message, shown: View, stands: Dialogue, body: dict[str, Any]) -> None:
    """The words of the journey as it stands now; where its follower still stands there, the numbers of its options too."""
    language = body["language"]
    if shown.question is None:
        words, now = printing.said_text(shown, language), Dialogue()
    else:
        words, values = printing.question_text(shown.question, language)
        now = Dialogue(shown.id, values, stood=dialogues.standing(shown))
    if stands.journey == body["journey"]:
        await stand(tx, message, now)
    tx.later("wechat.send", {"openid": message.speaker, "text": words}, once=f"{body['journey']}:{dialogues.standing(shown)}")
    if now.stood.startswith(WAITS):
        tx.later("wechat.look", {**body, "stood": now.stood, "look": 0}, due=tx.now + LOOK_FIRST)
