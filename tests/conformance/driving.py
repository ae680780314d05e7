"""Going through a function as a sensible person does, question by question, whatever it asks."""

from collections.abc import Awaitable, Callable

from onehall.hall import View
from onehall.kernel.journeys import Ask
from tests.conformance import answers
from tests.conformance.ways import Hall

QUESTIONS_MAX = 40
Look = Callable[[View], Awaitable[None]]


async def drive(way: Hall, function: str, look: Look, elsewhere: Callable[[], Hall]) -> tuple[View, set[Ask], bool]:
    """This will answer until the end; gives the end, the kinds that were asked, and whether it went on elsewhere.

    Each question is shown to `look` first; what a phone cannot do goes on in `elsewhere()`.
    """
    return await go_on(way, function, await way.start(function), look, elsewhere)


async def go_on(way: Hall, function: str, view: View, look: Look, elsewhere: Callable[[], Hall]) -> tuple[View, set[Ask], bool]:
    """This will go on from where a journey stands, as `drive` does."""
    asked, handed = set[Ask](), False
    for _question in range(QUESTIONS_MAX):
        if view.question is None:
            break
        await look(view)
        asked.add(Ask(view.question["kind"]))
        if view.question["hand_over"]:
            assert hasattr(way, "code"), f"{way.caller.channel} cannot put {view.question['kind']}"
            code, handed, way = way.code, True, elsewhere()
            view = await way.take(code)
            continue
        view = await step(way, function, view)
    return view, asked, handed


async def step(way: Hall, function: str, view: View) -> View:
    """This will answer one question as a sensible person does."""
    counter, question = way.counter, view.question
    assert question is not None
    match question["kind"]:
        case "wait":
            await counter.settle()
            return await way.see(view)
        case "pay":
            return await way.pay(view)
        case "prove":
            return await way.answer(view, await answers.proof(counter, way.person, question))
        case "sign":
            return await way.answer(view, "signed")
        case "confirm":
            return await way.answer(view, "yes")
        case "enter":
            return await way.answer(view, await answers.entered(counter, way.person, function, question["key"]))
    return await way.answer(view, answers.chosen(function, question))
