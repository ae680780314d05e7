"""One call of a program, from its arguments to its reply: who calls, what the policy admits, what is the person's, and the log."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from mcp_types import CallToolResult, InputRequiredResult

from onehall.channels.agent import questions, replies, tools
from onehall.channels.agent.replies import ForPerson
from onehall.hall import Caller, Hall, View, policy
from onehall.hall.agents import AgentCalled, AgentGrant, Agents
from onehall.hall.policy import Policy, Rule
from onehall.kernel.functions import FUNCTIONS, Ask, Function, Proof
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.journeys import CHANNELS, BadAnswer
from onehall.kernel.journeys.asking import NO, YES
from onehall.kernel.refusals import Refusal, missing

Reply = CallToolResult | InputRequiredResult
NAME_SHOWN_MAX = 64
QUESTION = "question"


class Call(msgspec.Struct, frozen=True):
    """What a program sent. `state` and `response` are what its person answered to what was asked of them before."""

    token: str
    guest: Who
    tool: str
    arguments: dict[str, Any]
    can_ask: bool = False
    state: str | None = None
    action: str = ""
    content: dict[str, Any] | None = None


class Served(msgspec.Struct):
    """A call while it is served: the grant and caller behind it, and the policy of the moment."""

    call: Call
    grant: AgentGrant | None
    caller: Caller
    policy: Policy
    view: View | None = None

    def rule(self, function: str) -> Rule:
        """This will give what the policy says of a function; one that is not offered here is not admitted."""
        known = FUNCTIONS.get(function)
        return self.policy.of(known) if known and CHANNELS["agent"].fits(known) else Rule()


class Desk:
    """Serves programs over a hall."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.agents = Agents(hall.store)
        self.verbs: dict[str, Callable[[Served], Awaitable[Reply]]] = {
            "answer": self._answer, "see": self._see, "options": self._options, "hand_over": self._hand_over, "take": self._take,
            "mine": self._mine,
        }  # fmt: skip
        assert self.verbs.keys() == tools.VERBS.keys()

    async def offered(self, token: str, guest: Who) -> list[Any]:
        """This will list the tools of a caller: what the policy and the customer's grant admit, and the verbs.

        :raises Refusal: `agent.over`, 401.
        """
        served = await self._arrive(Call(token, guest, "", {}))
        admitted = [one for one in await self.hall.functions(served.caller) if self._admits(served, one)]
        functions = [tools.of_function(one, guest.language, person=served.rule(one.name).admits == "person") for one in admitted]
        return [*functions, *(tools.of_verb(name) for name in tools.VERBS)]

    async def call(self, call: Call) -> Reply:
        """This will serve a call; a refusal is a reply too, and each call is in the log."""
        served = None
        try:
            served = await self._arrive(call)
            reply = await self._served(served)
            outcome = served.view.state if served.view else "done"
        except BadAnswer as bad:
            view = bad.facts.get("view")
            reply, outcome = replies.refused(bad, call.guest.language, view if isinstance(view, View) else None), bad.code
        except Refusal as refusal:
            if refusal.status >= 500:
                raise
            reply, outcome = replies.refused(refusal, call.guest.language), refusal.code
        await self._tell(call, served, outcome)
        return reply

    async def _arrive(self, call: Call) -> Served:
        grant = await self.agents.of_token(call.token) if call.token else None
        key = f"grant:{grant.id}" if grant else call.guest.address
        self.hall.limits.agent.take(key, self.hall.store.clock.now())
        rules = await policy.read(self.hall.store)
        top = msgspec.convert(rules.lines.get(policy.EVERYTHING, {}).get("proof") or 0, int)
        return Served(call, grant, self.agents.caller(grant, call.guest, Proof(top)), rules)

    async def _served(self, served: Served) -> Reply:
        call = served.call
        if call.tool in tools.VERBS:
            verb = tools.VERBS[call.tool]
            tools.check(verb.properties, verb.required, call.arguments)
        if call.state is not None:
            return await self._person_said(served, call.state)
        if call.tool in tools.VERBS:
            return await self.verbs[call.tool](served)
        function = FUNCTIONS.get(call.tool)
        if function is None or not await self.hall.offers(served.caller, function) or served.rule(call.tool).admits == "no":
            raise Refusal("tool.unknown", _("There is no such tool."), 404)
        given = tools.check(dict.fromkeys(function.takes, tools.WORDS | {"type": ["string", "integer"]}), (), call.arguments)
        if not self._admits(served, function):
            raise Refusal("agent.scope", _("The customer lets you look things up only."), 403)
        return await self._reply(served, await self.hall.start(served.caller, function.name, given), call.can_ask)

    @staticmethod
    def _admits(served: Served, function: Function | None) -> bool:
        if function is None:
            return False
        looks_only = served.grant is not None and served.grant.scope == "look"
        return served.rule(function.name).admits != "no" and (function.family == "query" or not looks_only)

    async def _answer(self, served: Served) -> Reply:
        given = served.call.arguments
        view = await self._seen(served, given["journey"])
        question = view.question
        if question is None or (question["key"], question["turn"]) != (given["key"], given["turn"]):
            return await self._reply(served, view, False)
        if served.rule(view.function).admits != "yes" or question["kind"] in questions.FOR_PERSON - {Ask.CONFIRM}:
            raise Refusal("agent.person", _("This is the customer's to do."), 403)
        caller = served.caller
        if question["kind"] == Ask.CONFIRM and str(given["value"]).strip().lower() not in NO:
            if str(given["value"]).strip().lower() not in YES or not await self._may_agree(served, view):
                return await self._reply(served, view, served.call.can_ask)
            caller = _agreeing(caller, "limit")
        view = await self.hall.answer(caller, view.id, given["key"], given["turn"], given["value"])
        return await self._reply(served, view, served.call.can_ask)

    async def _may_agree(self, served: Served, view: View) -> bool:
        """Whether the program's own yes is enough: the customer and the house allow it, and both limits hold."""
        grant, rule = served.grant, served.rule(view.function)
        if grant is None or grant.scope != "spend" or not rule.own_yes or view.question is None:
            return False
        return await self.agents.agree_within(grant, view.id, view.question, rule.each_max, rule.day_max)

    async def _person_said(self, served: Served, state: str) -> Reply:
        """The person answered in their own program what was asked of them there."""
        call = served.call
        journey, key, turn = self.agents.was_asked(served.caller, state)
        view = await self._seen(served, journey)
        question = view.question
        if question is None or (question["key"], question["turn"]) != (key, turn):
            return await self._reply(served, view, False)
        caller, value = served.caller, questions.heard(call.content)
        if question["kind"] == Ask.CONFIRM:
            value = value is True if call.action == "accept" else False if call.action == "decline" else None
            caller = _agreeing(caller, "elicited")
        elif call.action != "accept":
            value = None
        if value is None or served.rule(view.function).admits != "yes":
            return await self._reply(served, view, False)
        if question["kind"] == Ask.CONFIRM and value and served.grant:
            await self.agents.note_elicited(served.grant, journey, question)
        view = await self.hall.answer(caller, journey, key, turn, value)
        return await self._reply(served, view, True)

    async def _see(self, served: Served) -> Reply:
        view = await self._seen(served, served.call.arguments["journey"])
        return replies.result(self._shown(served, view))

    async def _options(self, served: Served) -> Reply:
        given = served.call.arguments
        await self._seen(served, given["journey"])
        found = await self.hall.options(served.caller, given["journey"], str(given.get("words", "")), int(given.get("offset", 0)))
        return replies.result({"journey": given["journey"], "options": found})

    async def _hand_over(self, served: Served) -> Reply:
        view = await self._seen(served, served.call.arguments["journey"])
        return replies.result(self._shown(served, view, await self._handed(served, view)))

    async def _take(self, served: Served) -> Reply:
        if served.grant is None:
            raise Refusal("agent.over", _("The customer does not let you act for them any more."), 401)
        view = await self.hall.take(served.caller, str(served.call.arguments["code"]))
        await self._seen(served, view.id)
        return await self._reply(served, view, served.call.can_ask)

    async def _mine(self, served: Served) -> Reply:
        found = [view for view in await self.hall.mine(served.caller) if self._admits(served, FUNCTIONS.get(view.function))]
        return replies.result({"journeys": [self._shown(served, view) for view in found]})

    async def _seen(self, served: Served, journey: str) -> View:
        """A journey that was in the program's hands, through a function that it may have to do with."""
        view = await self.hall.see(served.caller, journey)
        if not self._admits(served, FUNCTIONS.get(view.function)):
            raise missing("journey")
        served.view = view
        return view

    @staticmethod
    def _shown(served: Served, view: View, person: ForPerson | None = None) -> dict[str, Any]:
        """What comes of a journey that is the person's alone is theirs too: a code to leave with, a name."""
        return replies.of_view(view, person, closed=served.rule(view.function).admits != "yes")

    async def _reply(self, served: Served, view: View, can_ask: bool) -> Reply:
        """This will show where a journey stands; what is the person's is asked of them, or sent to them."""
        served.view, question = view, view.question
        if question is None or question["kind"] == Ask.WAIT:
            return replies.result(self._shown(served, view))
        rule = served.rule(view.function)
        if rule.admits != "yes" or question["hand_over"]:
            return replies.result(self._shown(served, view, await self._handed(served, view)))
        form = questions.elicited(question) if can_ask else None
        if form is not None:
            asked = self.agents.asked(served.caller, view.id, question["key"], question["turn"])
            return InputRequiredResult(input_requests={QUESTION: form}, request_state=asked)
        return replies.result(replies.of_view(view, await self._persons(served, view)))

    async def _persons(self, served: Served, view: View) -> ForPerson | None:
        question = view.question or {}
        if question["kind"] == Ask.PAY:
            return ForPerson(_says(served, _("Only the customer can pay. Give them this link.")), question["url"])
        if question["kind"] != Ask.CONFIRM:
            return None
        if served.grant is None:
            return await self._handed(served, view)
        link = await self.agents.tell_customer(served.grant, view.id, question["turn"], view.title)
        return ForPerson(_says(served, _("Only the customer can agree to this, under this link. They have it by SMS too.")), link)

    async def _handed(self, served: Served, view: View) -> ForPerson:
        if view.moved_to is not None:
            raise missing("journey")
        made = await self.hall.hand_over(served.caller, view.id)
        why = _says(served, _("The customer goes on with this themselves. Give them this link or code."))
        return ForPerson(why, made.link, made.code, made.until.isoformat())

    async def _tell(self, call: Call, served: Served | None, outcome: str) -> None:
        grant, view = (served.grant, served.view) if served else (None, None)
        caller = served.caller if served else self.agents.caller(None, call.guest, Proof.NONE)
        known = call.tool in tools.VERBS or call.tool in FUNCTIONS
        tool = call.tool if known else ascii(call.tool)[:NAME_SHOWN_MAX]
        function = view.function if view else call.tool if call.tool in FUNCTIONS else ""
        called = AgentCalled(grant.id if grant else "", grant.name if grant else "", tool, outcome, view.id if view else "", function)
        await self.agents.tell(caller, grant, called)


def _agreeing(caller: Caller, how: str) -> Caller:
    return msgspec.structs.replace(caller, who=msgspec.structs.replace(caller.who, agreed=how))


def _says(served: Served, text: Any) -> str:
    return str(text.render(served.call.guest.language))
