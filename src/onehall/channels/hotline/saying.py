"""What is said in a call: the prompt that a turn ends with, and what a voice cannot carry, sent as a message."""

from onehall.channels.hotline import prompts
from onehall.channels.hotline.calls import TALK_MAX, Call
from onehall.channels.hotline.prompts import KEYS_MAX, Prompt
from onehall.hall import Caller, Hall, View
from onehall.kernel.i18n import Text, Words, _, keep, show
from onehall.kernel.refusals import Refusal

NO_MEANING = _("That key means nothing here.")


class Saying:
    """What one turn says over one call."""

    def __init__(self, hall: Hall, call: Call, caller: Caller) -> None:
        self.hall, self.call, self.caller, self.stands = hall, call, caller, call.stands

    def again(self, first: Text | None = None) -> None:
        """This will say the prompt once more."""
        passing = prompts.speak([_("We heard nothing."), NO_MEANING], self.stands.language)
        kept = [line for line in self.stands.says if line not in passing]
        self.stands.says = [*prompts.speak([first] if first else [], self.stands.language), *kept]

    def offer_agent(self) -> None:
        """This will ask whether the agent may answer for the caller."""
        self.stands.before = self.stands.where
        joins = _("An agent will join you, and hears what was said so far.")
        says = [joins, _("May the agent answer for you? For yes press 1, only to talk press 2.")]
        says += [_("To go on yourself on a screen or at a counter press 3.")] if self.stands.journey else []
        self._say(Prompt([*says]), "say")

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
