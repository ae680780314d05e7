"""One turn of a call: what the keys or words mean where the caller stands, and what is said to them."""

from typing import Any

from msgspec import structs

from onehall.channels.hotline import prompts
from onehall.channels.hotline.callers import caller_of
from onehall.channels.hotline.calls import TALK_MAX, Call
from onehall.channels.hotline.prompts import KEYS_MAX, Prompt
from onehall.hall import Caller, Hall, View
from onehall.kernel.i18n import Text, Words, _, keep, show
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


class Turn:
    """One turn over one call."""

    def __init__(self, hall: Hall, call: Call, caller: Caller) -> None:
        self.hall, self.call, self.caller, self.stands = hall, call, caller, call.stands

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

    def again(self, first: Text | None = None) -> None:
        """This will say the prompt once more."""
        passing = prompts.speak([_("We heard nothing."), _no_meaning()], self.stands.language)
        kept = [line for line in self.stands.says if line not in passing]
        self.stands.says = [*prompts.speak([first] if first else [], self.stands.language), *kept]

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
            self.again(_no_meaning())

    async def in_family(self, keys: str, words: str) -> None:
        """One of the services, or more of them."""
        if keys == MORE:
            self.stands.page += 1
            await self._page()
        elif name := self._meant(keys):
            await self._begin(name)
        else:
            self.again(_no_meaning())

    async def in_said(self, keys: str, words: str) -> None:
        """What follows the end of a service."""
        if name := self._meant(keys):
            await self._begin(name)
        else:
            self.again(_no_meaning())

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
            self.again(_no_meaning())
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
        self.again(_no_meaning())
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
            self.again(_no_meaning())
            return None
        await self._page()
        return None

    async def with_agent(self) -> None:
        """While an agent is there, keys do nothing; when the journey came back the caller goes on."""
        self.stands.says = prompts.speak([_("Please stay on the line.")], self.stands.language)

    def offer_agent(self) -> None:
        """This will ask whether the agent may answer for the caller."""
        self.stands.before = self.stands.where
        joins = _("An agent will join you, and hears what was said so far.")
        says = [joins, _("May the agent answer for you? For yes press 1, only to talk press 2.")]
        says += [_("To go on yourself on a screen or at a counter press 3.")] if self.stands.journey else []
        self._say(Prompt([*says]), "say")

    async def resume(self) -> None:
        """This will go on where the call was: at its question, or in the main menu."""
        self.stands.may, self.call.wants_agent, self.call.agent = "", False, None
        if self.stands.journey:
            await self.show(await self.hall.see(self.caller, self.stands.journey))
        else:
            self.menu()

    def menu(self, first: Words | None = None) -> None:
        """This will say the main menu."""
        stands = self.stands
        stands.journey, stands.page, stands.words, stands.family = "", 0, "", ""
        prompt = prompts.menu()
        prompt.says = [*([first] if first else []), *prompt.says]
        self._say(prompt, "menu")

    def over(self, last: Text) -> None:
        """This will end the call."""
        self.call.over, self.call.wants_agent = True, False
        self._say(Prompt([last]), "over")

    async def show(self, view: View, why: str = "") -> None:
        """This will say where a journey stands; what cannot be asked by voice goes on by a message with a link."""
        stands = self.stands
        if view.moved_to:
            self.menu(_("{title} goes on elsewhere now: {channel}.", title=view.title, channel=view.moved_to))
        elif view.question is None:
            stands.journey = ""
            self._say(prompts.said(view), "said")
        elif view.question["hand_over"]:
            await self._hand_over(view)
        else:
            stands.journey, stands.page, stands.words = view.id, 0, ""
            await self.ask(view, why)
        if words := prompts.speak(prompts.better(view), stands.language):
            stands.says, stands.talk = [*stands.says, *words], [*stands.talk, ("hall", " ".join(words))][-TALK_MAX:]

    async def ask(self, view: View, why: str = "") -> None:
        """This will put the open question, a page of it where it has many options."""
        stands, question = self.stands, dict(view.question or {})
        question |= {"why": why} if why else {}
        stands.journey = view.id
        options = question.get("options", [])
        if stands.words or stands.page or question.get("more"):
            options = await self.hall.options(self.caller, view.id, stands.words, stands.page * KEYS_MAX)
        if not options and stands.page:
            stands.page, options = 0, question.get("options", [])
        if question["kind"] == "pay":
            await self._tell_once(f"pay:{question['turn']}", _("Pay {amount} here: {url}", amount=question["amount"], url=question["url"]))
        self._say(prompts.question(question, options[:KEYS_MAX], len(options) > KEYS_MAX), "question")
        stands.many = stands.many or bool(question.get("search"))

    def reason(self, refusal: Refusal) -> str:
        """This will say why not."""
        return show(refusal.reason, self.stands.language)

    async def _begin(self, function: str) -> None:
        call = self.call
        view = await self.hall.start(self.caller, function, {"line": call.phone}, key=f"{call.id}:{self.stands.turn}")
        await self.show(view)

    async def _page(self) -> None:
        stands = self.stands
        if stands.where == "question":
            await self.ask(await self.hall.see(self.caller, stands.journey))
            return
        found = [each for each in await self.hall.functions(self.caller) if each.family == stands.family]
        stands.page = stands.page if stands.page * KEYS_MAX < len(found) else 0
        self._say(prompts.family(found, stands.page), "family")

    async def _hand_over(self, view: View) -> None:
        made = await self.hall.hand_over(self.caller, view.id)
        needed, until = bool((view.question or {}).get("hand_over")), made.by_clock(self.hall.store.clock.now())
        await self._tell_once(f"code:{made.code}", _("Go on at {url} or tell the clerk the code {code}, until {until}.",
                                                     url=made.link, code=made.code, until=until))  # fmt: skip
        why = [_("This needs a screen or a counter.")] if needed else []
        says = [*why, _("We have sent you a message with a link."), _("Or tell the clerk the code {code}.", code=made.code),
                _("Go on until {until}.", until=until)]  # fmt: skip
        self.stands.journey = view.id
        self._say(Prompt([*says, prompts.ways()]), "question")

    async def _tell_once(self, what: str, text: Text) -> None:
        """What a voice cannot carry comes to the caller's phone, once."""
        if self.stands.told == what:
            return
        self.stands.told = what
        async with self.hall.store.edge(self.call.home) as tx:
            body = {"to": self.call.phone, "text": keep(text), "language": self.stands.language}
            tx.later("sms.send", body, once=f"{self.call.id}:{what}")

    def _meant(self, keys: str) -> str:
        place = int(keys) if keys.isascii() and keys.isdigit() and len(keys) == 1 else 0
        return self.stands.shown[place - 1] if 0 < place <= len(self.stands.shown) else ""

    def _say(self, prompt: Prompt, where: str) -> None:
        stands = self.stands
        stands.where, stands.shown, stands.many = where, prompt.shown, prompt.many
        stands.says = prompts.speak(prompt.says, stands.language)
        stands.talk = [*stands.talk, ("hall", " ".join(stands.says))][-TALK_MAX:]


def _no_meaning() -> Text:
    return _("That key means nothing here.")

