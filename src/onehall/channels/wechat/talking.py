"""One turn of talk with a follower: what they wrote, pressed or scanned, and what is said to it."""

import re
from typing import Final

from onehall import dialogues
from onehall.channels.wechat import following, front
from onehall.channels.wechat.messages import Heard
from onehall.dialogues import Answer, Dialogue, Message, Speech, reading
from onehall.hall import Hall
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.i18n import Text, _
from onehall.kernel.settings import current

UNLINK: Final = frozenset({"UNLINK", "解绑"})
CODE: Final = re.compile(r"[0-9]{6}")
SCANS: Final = frozenset({"scan", "subscribe_scan", "scancode_waitmsg"})
SPOKEN: Final = frozenset({"text", "voice"})
Said = tuple[str, Dialogue]


class Turn:
    """One message of a follower. `late`: the platform waits no longer, so what is said must be sent; `worked`: it was not a repeat."""

    def __init__(self, hall: Hall, heard: Heard) -> None:
        self.hall, self.heard = hall, heard
        self.message = Message(front.NAME, heard.openid, heard.id)
        self.language: str = current().language
        self.late = self.worked = False

    async def take(self) -> list[str]:
        """This will give what is said, the same for a message that comes again.

        :raises Refusal: 429 they write too often; 503 not now.
        """
        return await dialogues.answer_once(self.hall.store, self.message, self._work)

    async def _work(self) -> Answer:
        self.worked = True
        self.hall.limits.sms.take(f"{front.NAME}:{self.heard.openid}", self.hall.store.clock.now())
        words, stands = await self._say(await dialogues.dialogue(self.hall.store, self.message))
        later = following.looks(self.heard.openid, self.language, self.heard.id, stands)
        if self.late and words:
            sent = ("wechat.send", {"openid": self.heard.openid, "text": words}, f"{self.heard.openid}:{self.heard.id}")
            return Answer([], stands, [*later, sent])
        return Answer([words] if words else [], stands, later)

    async def _say(self, stands: Dialogue) -> Said:
        heard, caller = self.heard, await front.caller(self.hall, self.heard.openid)
        self.language = caller.who.language
        speech = Speech(caller, f"{front.NAME}:{heard.openid}:{heard.id}", reading.plain(heard.text))
        if heard.event:
            return await self._event(speech, stands)
        if heard.kind not in SPOKEN or not speech.text:
            return self._words(_("Please write to us in words. Send 0000 for the menu.")), stands
        if speech.text.upper() in UNLINK:
            return await self._unlink(stands)
        if stands.journey is None and CODE.fullmatch(speech.text):
            return await dialogues.bring(self.hall, speech, speech.text, stands)
        return await self._converse(speech, stands)

    async def _converse(self, speech: Speech, stands: Dialogue) -> Said:
        before = await front.proofs(self.hall, stands.journey) if speech.caller.who.party is None else []
        words, now = await dialogues.converse(self.hall, speech, stands)
        if speech.caller.who.party is None and stands.journey:
            after = await front.proofs(self.hall, stands.journey)
            if await front.link(self.hall, self.heard.openid, before, after):
                words = f"{self._words(_('We know you here from now on. Send UNLINK to be forgotten.'))}\n{words}"
        return words, now

    async def _event(self, speech: Speech, stands: Dialogue) -> Said:
        kind, key = self.heard.kind, self.heard.key
        if kind == "unsubscribe":
            await front.unlink(self.hall, self.heard.openid)
            return "", Dialogue()
        if kind in SCANS:
            return await dialogues.bring(self.hall, speech, key.rpartition("/")[2], stands)
        if kind == "subscribe":
            return self._words(_("Welcome to our hall. Send 0000 for the menu, or use the buttons below.")), stands
        if kind == "click" and key in FUNCTIONS and not await self.hall.offers(speech.caller, FUNCTIONS[key]):
            return self._words(_("This is not offered here at the moment.")), stands
        if kind == "click" and key in FUNCTIONS:
            return await dialogues.begin(self.hall, speech, key, {})
        if kind == "click" and key:
            return await dialogues.converse(self.hall, Speech(speech.caller, speech.message, reading.plain(key)), stands)
        return "", stands

    async def _unlink(self, stands: Dialogue) -> Said:
        if await front.unlink(self.hall, self.heard.openid):
            return self._words(_("We have forgotten whose account this is.")), Dialogue()
        return self._words(_("This account is linked to nobody.")), stands

    def _words(self, text: Text) -> str:
        return text.render(self.language)
