"""What each kind of thing on a day's list is, as a script."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from onehall.replay import talking
from onehall.replay.day import Event
from onehall.replay.faults import FAULTS
from onehall.replay.network import tell_of_use
from onehall.replay.scene import Clerk, Scene, Served
from onehall.replay.screens import BrowserTalk, Talk
from onehall.replay.talking import Ending
from onehall.replay.texting import by_message, opens_by_message

Script = Callable[[Scene, Event], Awaitable[Ending]]
GIVEN: Final = {"topup": ("amount",)}
WALK_SECONDS: Final = 240
QUEUE_LOOKS_MAX: Final = 240


async def play(scene: Scene, event: Event) -> None:
    """This will let one thing on the list happen, and write it into the diary."""
    began = scene.clock.at
    try:
        ended = await SCRIPTS.get(event.does, by_channel)(scene, event)
    except Exception as bug:
        ended = Ending("broken", f"{type(bug).__name__}: {bug}"[:300])
    seconds = round((scene.clock.at - began).total_seconds())
    scene.diary.append(Served(began, event.who, event.by, event.does, ended.outcome, ended.why, seconds))


async def by_channel(scene: Scene, event: Event) -> Ending:
    """This will have a function served in the channel that the event names."""
    match event.by:
        case "app":
            return await _serve(scene, event, await scene.app_of(event))
        case "web":
            return await _serve(scene, event, await scene.browser_of(event))
        case "sms":
            return await by_message(scene, event)
        case "counter":
            return await at_counter(scene, event)
    return Ending("broken", f"nobody goes by {event.by!r}")


async def _serve(scene: Scene, event: Event, talk: Talk, **more: Any) -> Ending:
    given = {name: str(event.with_[name]) for name in GIVEN.get(event.does, ()) if name in event.with_}
    going = talking.of(talk, scene, event, **more)
    return await going.through(await talk.begin(event.does, given))


async def at_counter(scene: Scene, event: Event) -> Ending:
    """This will have a customer wait for their turn, be found, and be served by a clerk."""
    person = scene.people[event.who]
    clerk = scene.clerks[person.unit]
    if not await _turn(scene, clerk):
        return Ending("left", "the queue")
    try:
        talk = await scene.at_counter(clerk, person)
        if talk is None:
            return Ending("refused", "not found")
        going = talking.of(talk, scene, event, kind="esim")
        going.cash = True
        return await going.through(await talk.begin(event.does, {name: str(event.with_[name]) for name in GIVEN.get(event.does, ())}))
    finally:
        scene.leaves(clerk)


async def _turn(scene: Scene, clerk: Clerk) -> bool:
    for _look in range(QUEUE_LOOKS_MAX):
        if not clerk.busy:
            clerk.busy = True
            await scene.street.rest(20)  # a greeting
            if not await scene.at_post(clerk):
                raise RuntimeError(f"{clerk.person.username} cannot log in")
            return True
        await scene.street.rest(15)
    return False


async def look_at_plans(scene: Scene, event: Event) -> Ending:
    """This will have a guest look at the plans, at two of them, and compare."""
    door = scene.way_of(event, "web")
    for path in ("/plans", "/plans/hall-59", "/plans/hall-99"):
        page = await door.see(path)
        if page.status != 200:
            return Ending("refused", str(page.status))
        await scene.street.rest(25)
    return Ending("done")


async def search_numbers(scene: Scene, event: Event) -> Ending:
    """This will have a guest search numbers."""
    if event.by == "web":
        page = await scene.way_of(event, "web").see("/numbers")
        return Ending("done" if page.status == 200 else "refused")
    talk = await scene.app_of(event)
    screen = await talk.begin("number.search", {"words": event.with_.get("words", "")})
    return Ending(screen.state, screen.why)


async def lost_phone(scene: Scene, event: Event) -> Ending:
    """This will have somebody report a loss, find the phone, and have the line restored."""
    ended = await by_channel(scene, msgspec.structs.replace(event, does="line.suspend"))
    await scene.street.rest(60 * int(event.with_.get("found after", 60)))
    again = await by_channel(scene, msgspec.structs.replace(event, does="line.restore"))
    return again if ended.outcome == "done" else ended


async def open_line(scene: Scene, event: Event) -> Ending:
    """This will have a guest buy a line, in one channel or begun in one and finished at a counter."""
    begun, _mark, _goes_on = event.by.partition(">")
    if event.by == "counter":
        return await _opens_at_counter(scene, event, "")
    if event.by == "sms>counter":
        code = await opens_by_message(scene, event)
        return await _opens_at_counter(scene, event, code) if code else Ending("left", "sms")
    talk: Talk = await scene.app_of(event) if begun == "app" else await scene.browser_of(event)
    going = talking.of(talk, scene, event, offer=event.with_["plan"], sim="esim", method="")
    going.then, going.leaves_at = _buyer(event)
    screen = await talk.begin("line.open", {"offer": event.with_["plan"]})
    if event.by != "app>counter":
        return await going.through(screen)
    going.leaves_at = "prove"
    await going.through(screen)
    return await _opens_at_counter(scene, event, await talk.code(await talk.look(screen)))


async def _opens_at_counter(scene: Scene, event: Event, code: str) -> Ending:
    clerk = scene.clerks[event.with_["store"]]
    if code:
        await scene.street.rest(WALK_SECONDS)
    if not await _turn(scene, clerk):
        return Ending("left", "the queue")
    try:
        talk = BrowserTalk(clerk.door, "/desk/journeys")
        screen = await talk.take(code) if code else await talk.begin("line.open", {"offer": event.with_["plan"]})
        going = talking.of(talk, scene, event, offer=event.with_["plan"], sim="plastic")
        going.cash, going.leaves_at = True, _buyer(event)[1]
        return await going.through(screen)
    finally:
        scene.leaves(clerk)


def _buyer(event: Event) -> tuple[str, str]:
    """What a buyer does with the payment, and where they leave."""
    then = str(event.with_.get("then", "buys"))
    return ("decline" if then == "declines" else "pay"), then.partition("leaves at ")[2]


async def clerk_logs_in(scene: Scene, event: Event) -> Ending:
    """This will have a clerk log in."""
    clerk = next(one for one in scene.clerks.values() if one.person.username == event.who)
    return Ending("done" if await scene.at_post(clerk) else "broken")


SCRIPTS: Final[dict[str, Script]] = {
    "look at plans": look_at_plans, "number.search": search_numbers, "lost phone": lost_phone, "line.open": open_line,
    "clerk logs in": clerk_logs_in, "use": tell_of_use, **FAULTS,
}  # fmt: skip
