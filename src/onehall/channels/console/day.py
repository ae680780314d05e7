"""Today: services by channel as the hours go, how far buyers come, what waits and since when, and the money."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from onehall.channels.console.room import about
from onehall.kernel.i18n import ZONE, Text, Words, _, show
from onehall.kernel.identity.scope import is_root
from onehall.kernel.journeys import CHANNELS
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.today import SLOTS, Count, Day, Today
from onehall.pages import Visit, replies

A_DAY: Final = timedelta(days=1)
EARLIEST: Final = timedelta(days=366)
COLOURS: Final = ("api", "web", "sms", "desk")  # each has a colour of its own; all others share one
OTHER: Final = 6
TALL: Final = 240
WIDE: Final = 1440
STEPS: Final[tuple[tuple[str, Text], ...]] = (
    ("journey.opened", _("Began to buy")), ("journey.proven", _("Showed who they are")), ("journey.paid", _("Paid")),
    ("done", _("Line is active")),
)  # fmt: skip
METHODS: Final[dict[str, Text]] = {"online": _("Paid online"), "cash": _("Cash"), "card": _("Card"), "agreement": _("Charged by agreement")}


@get("/day")
async def day(visit: NamedDependency[Visit], seen: FromQuery[str] = "", of: FromQuery[str] = "") -> Response[str]:
    """This will show the day so far, or an earlier one (2026-11-30); the page looks again each second, and is sent only what is new."""
    whole = is_root(visit.who.unit) and visit.who.is_a("operations", "admin")
    now = visit.store.clock.now().astimezone(ZONE).date()
    which = _earlier(of, now)
    found = await _today(visit).look(visit.who.unit or "", which)
    mark = f"{sum(one.count for one in found.counts)}.{sum(one.count for one in found.queues)}.{found.now:%H%M}"
    if visit.swaps and seen == mark:
        return Response("", status_code=204, headers=replies.SAFE)
    path = f"/console/day?of={which}" if of else "/console/day"
    return visit.page(
        "day.html", path=path, again=f"{path}{'&' if of else '?'}seen={mark}", whole=whole, of=which, today=which == now,
        before=which - A_DAY, after=which + A_DAY, shown=found.now, steps=_steps(found, visit.lang), queues=_queues(found),
        oldest=_oldest(found), money=_money(found, visit.lang) if whole else [], **_services(found, visit.lang), **_ends(found),
        **await about(visit),
    )  # fmt: skip


def _earlier(words: str, now: date) -> date:
    """The day that is asked for, no earlier than a year ago and no later than today."""
    try:
        return min(now, max(date.fromisoformat(words), now - EARLIEST)) if words else now
    except ValueError:
        raise Refusal("day.invalid", _("A day is written like 2026-11-30."), 422) from None


def _today(visit: Visit) -> Today:
    """One for each process, kept with the application."""
    state: Any = visit.request.app.state
    if "today" not in state:
        state.today = Today(visit.store)
    found: Today = state.today
    return found


def _services(found: Day, lang: str) -> dict[str, Any]:
    """A bar for every ten minutes, cut into channels; and the same in figures by the hour."""
    served = [one for one in found.counts if _is_served(one)]
    slots: dict[int, Counter[int]] = {}
    hours: dict[int, Counter[int]] = {}
    for one in served:
        colour = COLOURS.index(one.channel) if one.channel in COLOURS else OTHER
        slots.setdefault(one.slot, Counter())[colour] += one.count
        hours.setdefault(one.slot // 6, Counter())[colour] += one.count
    sums = sum(slots.values(), Counter())
    top = max((bars.total() for bars in slots.values()), default=0)
    return {
        "bars": [part for slot, bars in sorted(slots.items()) for part in _bar(slot, bars, top or 1)], "top": top, "served": sums.total(),
        "legend": [{"colour": colour, "name": _channel(colour, lang), "count": sums[colour]} for colour in sorted(sums)],
        "hours": [
            {"hour": f"{hour:02}:00", "parts": [hours[hour][one] for one in sorted(sums)], "count": hours[hour].total()}
            for hour in sorted(hours, reverse=True)
        ],
        "passed": round(WIDE * (found.now - found.start).total_seconds() / 86_400), "wide": WIDE, "tall": TALL,
    }  # fmt: skip


def _bar(slot: int, bars: Counter[int], top: int) -> Iterable[dict[str, int]]:
    y = TALL
    for colour, count in sorted(bars.items()):
        tall = count * TALL // top
        y -= tall
        yield {"colour": colour, "x": slot * WIDE // SLOTS + 1, "y": y, "tall": tall}


def _is_served(one: Count) -> bool:
    return one.type == "function.visited" or (one.type == "journey.ended" and one.how == "done")


def _channel(colour: int, lang: str) -> str:
    name = COLOURS[colour] if colour < len(COLOURS) else ""
    words: Words = CHANNELS[name].title if name in CHANNELS else _("Other channels")
    return show(words, lang)


def _steps(found: Day, lang: str) -> list[dict[str, Any]]:
    """How many came as far as each step, as a share of those who began."""
    counts = Counter[str]()
    for one in found.counts:
        if one.buying:
            counts[one.how if one.type == "journey.ended" else one.type] += one.count
    most = max((counts[name] for name, _words in STEPS), default=0) or 1
    return [{"name": words.render(lang), "count": counts[name], "share": 100 * counts[name] // most} for name, words in STEPS]


def _ends(found: Day) -> dict[str, int]:
    ends = Counter[str]()
    for one in found.counts:
        ends[one.how if one.type == "journey.ended" else one.type] += one.count
    return {"refused": ends["refused"], "failed": ends["order.failed"]}


def _queues(found: Day) -> list[dict[str, Any]]:
    return [{"kind": one.kind, "count": one.count, "age": _age(one.age_seconds)} for one in found.queues]


def _oldest(found: Day) -> str:
    return _age(max((one.age_seconds for one in found.queues), default=0))


def _age(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _money(found: Day, lang: str) -> list[dict[str, Any]]:
    """What came in by its way, and what went back."""
    sums: dict[tuple[str, str], list[int]] = {}
    for one in found.counts:
        if one.type in ("payment.received", "refund.done"):
            held = sums.setdefault((one.how if one.type == "payment.received" else "back", one.currency), [0, 0])
            held[0] += one.count
            held[1] += one.minor
    return [
        {"how": show(METHODS.get(how, _("Given back") if how == "back" else how), lang), "back": how == "back", "count": count,
         "sum": show(Money(minor, currency), lang)}
        for (how, currency), (count, minor) in sorted(sums.items(), key=lambda pair: (pair[0][0] == "back", pair[0]))
    ]  # fmt: skip


ROUTES = [day]
