"""One turn of a call: what the keys or words mean where the caller stands."""

from typing import Any

from msgspec import structs

from onehall.channels.hotline import prompts
from onehall.channels.hotline.callers import caller_of
from onehall.channels.hotline.calls import TALK_MAX, Call
from onehall.channels.hotline.prompts import Prompt
from onehall.channels.hotline.saying import NO_MEANING, Saying
from onehall.hall import Caller, Hall
from onehall.kernel.i18n import _
from onehall.kernel.journeys import BadAnswer
from onehall.kernel.refusals import Refusal

SILENCES_MAX = 3
OTHER = {"en": "zh-CN", "zh-CN": "en"}
REPEAT, BACK, AGENT, MORE, LANGUAGE, BY_CODE, ELSEWHERE = "*", "#", "0", "9", "9", "7", "3"


async def turn(hall: Hall, call: Call, keys: str = "", words: str = "", silence: bool = False) -> Call:
    """This will hear keys, words or nothing, and say what follows."""
    talk = Turn(hall, call, await caller_of(hall, call))
    call.stands.turn += 1
    call.stands.talk = [*call.stands.talk, ("caller", keys or words or "…")][-TALK_MAX:] if keys or words or silence else call.stands.talk
    try:
        await talk.hear(keys, words, silence)
    except BadAnswer as bad:
        await talk.ask(bad.facts["view"], talk.reason(bad))
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        talk.menu(talk.reason(refusal))
    return call


class Turn(Saying):
    """What one turn hears, and makes of it."""

    async def hear(self, keys: str, words: str, silence: bool) -> None:
        """This will do what was asked for by keys, which mean the same everywhere, or by what the open prompt makes of them."""
        stands = self.stands
        if silence:
            self.silent()
            return
        stands.silences = 0
        if stands.where == "agent":
            await self.with_agent()
        elif keys == REPEAT:
            self.again()
        elif keys == AGENT and stands.where != "say":
            self.offer_agent()
        elif keys == BACK:
            await self.back()
        else:
            await getattr(self, f"in_{stands.where}")(keys.rstrip("#"), words)

    def silent(self) -> None:
        """Three silences in a row end the call politely; who waits for an agent may be silent."""
        stands = self.stands
        if stands.where == "agent":
            stands.says = prompts.speak([_("Please stay on the line.")], stands.language)
            return
        stands.silences += 1
        if stands.silences >= SILENCES_MAX:
            self.over(_("We still hear nothing. Thank you for calling. Goodbye."))
        else:
            self.again(_("We heard nothing."))

    async def back(self) -> None:
        """This will go to the page before, else to the main menu."""
        stands = self.stands
        if stands.where in ("family", "question") and stands.page:
            stands.page -= 1
            await self._page()
        elif stands.where == "say":
            await self.resume()
        else:
            self.menu()

    async def in_menu(self, keys: str, words: str) -> None:
        """A family of services, a code, or the other language."""
        stands = self.stands
        if keys == LANGUAGE:
            stands.language = OTHER[stands.language]
            self.caller = Caller("hotline", structs.replace(self.caller.who, language=stands.language))
            self.menu()
        elif keys == BY_CODE:
            self._say(Prompt([_("Type the six digits of your code, and hash.")], many=True), "code")
        elif name := self._meant(keys):
            stands.family, stands.page = name, 0
            await self._page()
        else:
            self.again(NO_MEANING)

    async def in_family(self, keys: str, words: str) -> None:
        """One of the services, or more of them."""
        if keys == MORE:
            self.stands.page += 1
            await self._page()
        elif name := self._meant(keys):
            await self._begin(name)
        else:
            self.again(NO_MEANING)

    async def in_said(self, keys: str, words: str) -> None:
        """What follows the end of a service."""
        if name := self._meant(keys):
            await self._begin(name)
        else:
            self.again(NO_MEANING)

    async def in_code(self, keys: str, words: str) -> None:
        """A hand-over code brings a journey into the call."""
        await self.show(await self.hall.take(self.caller, keys))

    async def in_question(self, keys: str, words: str) -> None:
        """An answer to the open question of the journey."""
        view = await self.hall.see(self.caller, self.stands.journey)
        question = view.question
        if question is None or question["hand_over"] or view.moved_to:
            await self.show(view)
            return
        value = await self._answer(question, keys, words)
        if value is not None:
            await self.show(await self.hall.answer(self.caller, view.id, question["key"], question["turn"], value))

    async def in_say(self, keys: str, words: str) -> None:
        """Whether an agent may answer for the caller is the caller's to say."""
        stands = self.stands
        if keys == ELSEWHERE and stands.journey:
            await self._hand_over(await self.hall.see(self.caller, stands.journey))
            return
        if keys not in ("1", "2"):
            self.again(NO_MEANING)
            return
        stands.may, self.call.wants_agent = ("answer" if keys == "1" else "talk"), True
        self._say(Prompt([_("Please stay on the line; the next free agent comes.")]), "agent")

    async def in_over(self, keys: str, words: str) -> None:
        """After the end nothing is heard."""

    async def _answer(self, question: dict[str, Any], keys: str, words: str) -> Any:
        """What the keys answer; None when they led elsewhere: to the next page, or to a prompt again."""
        stands, kind = self.stands, question["kind"]
        if kind in ("choose", "pick_time"):
            return await self._chosen(question, keys)
        if kind == "confirm" and keys in ("1", "2"):
            return "yes" if keys == "1" else "no"
        if kind in ("pay", "wait"):
            await self.show(await self.hall.see(self.caller, stands.journey))
            return None
        if kind == "prove" and question.get("fields") and question["fields"][0]["name"] == "code":
            return {"again": "yes"} if keys == MORE else {"code": keys}
        if kind == "prove" and keys == "1":
            return {"phone": self.call.phone}
        if kind == "enter" and (keys or words):
            return words.strip() or keys
        self.again(NO_MEANING)
        return None

    async def _chosen(self, question: dict[str, Any], keys: str) -> str | None:
        stands = self.stands
        if keys == MORE:
            stands.page += 1
        elif value := self._meant(keys):
            return value
        elif question.get("search") and len(keys) > 1:
            stands.words, stands.page = keys, 0
        else:
            self.again(NO_MEANING)
            return None
        await self._page()
        return None

    async def with_agent(self) -> None:
        """While an agent is there, keys do nothing; when the journey came back the caller goes on."""
        self.stands.says = prompts.speak([_("Please stay on the line.")], self.stands.language)

    async def resume(self) -> None:
        """This will go on where the call was: at its question, or in the main menu."""
        self.stands.may, self.call.wants_agent, self.call.agent = "", False, None
        if self.stands.journey:
            await self.show(await self.hall.see(self.caller, self.stands.journey))
        else:
            self.menu()

    async def _begin(self, function: str) -> None:
        call = self.call
        view = await self.hall.start(self.caller, function, {"line": call.phone}, key=f"{call.id}:{self.stands.turn}")
        await self.show(view)
