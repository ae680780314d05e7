"""Every decision of this domain: who is meant, whether and by which way they are sent something, when, and in which words."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from onehall.domains.engage.model import Audience, Weighed
from onehall.domains.party import WAYS, Reachable, Standing
from onehall.kernel.i18n import LANGUAGES, ZONE, Text, _
from onehall.kernel.refusals import Refusal

QUIET_FROM, QUIET_UNTIL = time(21), time(8)
WEEK = timedelta(days=7)
WEEK_MAX = 2
"""Marketing messages to one customer in seven days, of all campaigns together."""
MONTH = timedelta(days=30)
NAME_MAX = 20
"""Letters: what a field of a WeChat template holds."""
TEXT_MAX = 300
LISTED_MAX = 1000
WHY: dict[str, Text] = {
    "never": _("Never allowed it"), "stopped": _("Stopped marketing"), "way": _("Allows other ways only"),
    "unreachable": _("No address for the ways they allow"), "cap": _("Had enough this week"),
    "refused": _("Refused outside"), "given_up": _("Could not be handed over"), 
}  # fmt: skip
OPT_OUT: dict[str, Text] = {
    "sms": _("Reply TD to stop."), "push": _("Stop under “What I have allowed”."), "wechat": _("Send TD to stop."),
    "call": _("Say so to the caller to stop."), "mail": _("To stop, send TD to {number}.", number="10016"),
}  # fmt: skip


def quiet_until(now: datetime) -> datetime | None:
    """No marketing goes out between nine in the evening and eight in the morning, by the operator's clock; gives when it may."""
    local = now.astimezone(ZONE)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return None
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, ZONE).astimezone(now.tzinfo)


def is_meant(audience: Audience, person: Reachable, now: datetime) -> bool:
    """Whoever fits all that is said is meant: list, place, language, plan, months as a customer."""
    if audience.parties and person.party not in audience.parties:
        return False
    here = not audience.unit or (person.unit or "") == audience.unit or (person.unit or "").startswith(f"{audience.unit}.")
    reads = not audience.language or person.language == audience.language
    has = not audience.plan or audience.plan in person.plans
    return here and reads and has and person.created <= now - audience.months_min * MONTH


def weigh(ways: Sequence[str], person: Reachable, standing: Standing | None, had: int) -> Weighed:
    """Marketing goes by the first of its ways that the customer allows and can be reached by, and at most twice a week."""
    if standing is None or standing.since is None:
        return Weighed(why="never")
    if not standing.ways:
        return Weighed(why="stopped")
    allowed = [way for way in ways if way in standing.ways]
    if not allowed:
        return Weighed(why="way")
    way = next((way for way in allowed if person.addresses.get(way)), None)
    if way is None:
        return Weighed(why="unreachable")
    return Weighed(why="cap") if had >= WEEK_MAX else Weighed(way=way)


def still_allowed(way: str, standing: Standing | None) -> bool:
    """What was sent leaves the house only while its customer still allows its way."""
    return standing is not None and way in standing.ways


def with_opt_out(text: str, way: str, language: str) -> str:
    """Every marketing message says how it is stopped, in the reader's language."""
    joint = "" if language.startswith("zh") else " "
    return f"{text}{joint}{OPT_OUT[way].render(language)}"


def check_campaign(name: str, texts: dict[str, str], ways: Sequence[str], audience: Audience) -> None:
    """A campaign has a short name, a text in every language of the house, at least one way, and an audience that can be.

    :raises Refusal: `campaign.*`, 422.
    """
    if not 2 <= len(name.strip()) <= NAME_MAX:
        raise Refusal("campaign.name", _("A campaign's name has 2 to {count} letters.", count=NAME_MAX), 422)
    if any(not texts.get(language, "").strip() for language in LANGUAGES):
        raise Refusal("campaign.text", _("A campaign needs its text in every language."), 422)
    if any(len(text) > TEXT_MAX for text in texts.values()):
        raise Refusal("campaign.text", _("A text has {count} letters at most.", count=TEXT_MAX), 422)
    if not ways or len(set(ways)) != len(ways) or not set(ways) <= set(WAYS):
        raise Refusal("campaign.ways", _("Please choose the ways, each once."), 422)
    if len(audience.parties) > LISTED_MAX or audience.months_min < 0 or (audience.language and audience.language not in LANGUAGES):
        raise Refusal("campaign.audience", _("There can be no such audience."), 422)
