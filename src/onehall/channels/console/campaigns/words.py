"""How campaigns are written on their pages, and who may see them."""

from typing import Any, Final

from onehall.channels.console.billing.words import figure
from onehall.domains import engage
from onehall.domains.engage import Audience, Campaign, Contact
from onehall.domains.party import WAY_NAMES
from onehall.kernel import ids
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.identity.scope import can_see, check_role, is_root
from onehall.kernel.refusals import missing
from onehall.pages import Visit
from onehall.pages.states import Chip

LANGUAGE_NAMES: Final = {"en": "English", "zh-CN": "中文"}
STATES: Final = {
    "draft": Chip(_("Written")), "running": Chip(_("Running"), "warn"), "paused": Chip(_("Paused"), "warn"),
    "stopped": Chip(_("Stopped"), "bad"), "done": Chip(_("Done"), "good"),
}  # fmt: skip
OUTCOMES: Final = {
    "sent": Chip(_("On its way"), "warn"), "delivered": Chip(_("Handed over"), "good"), "withdrawn": Chip(_("Withdrawn")),
    "failed": Chip(_("Failed"), "bad"), "suppressed": Chip(_("Not sent")),
}  # fmt: skip
TO_CALL: Final = Chip(_("To be called"), "warn")
CHANGES: Final[dict[str, list[tuple[str, Text, str]]]] = {
    "draft": [("running", _("Begin sending"), "")],
    "running": [("paused", _("Pause"), "ghost"), ("stopped", _("Stop"), "bad")],
    "paused": [("running", _("Go on"), ""), ("stopped", _("Stop"), "bad")],
}


def may_write(visit: Visit) -> bool:
    """This will tell whether the reader may write campaigns and move them."""
    return visit.who.is_a("operations", "admin")


def check_writer(visit: Visit) -> None:
    """This will let in those who may write campaigns.

    :raises Refusal: 403.
    """
    check_role(visit.who, "operations")


def sees(visit: Visit, one: Campaign) -> bool:
    """This will tell whether a campaign is of the reader's part of the operator."""
    return can_see(visit.who, None, one.unit)


async def seen(visit: Visit, id_: str) -> Campaign:
    """This will give a campaign that the reader may see.

    :raises Refusal: 404.
    """
    if not ids.is_id(id_):
        raise missing(_("campaign"))
    async with visit.store.edge(0) as tx:
        found = await engage.queries.campaign(tx, id_)
    if not sees(visit, found):
        raise missing(_("campaign"))
    return found


def whole(visit: Visit) -> bool:
    """This will tell whether the reader answers for the whole operator."""
    return is_root(visit.who.unit)


def ways(names: tuple[str, ...], lang: str) -> str:
    """This will write ways in their order."""
    return " → ".join(show(WAY_NAMES[way], lang) for way in names)


def meant(audience: Audience, units: dict[str, str], lang: str) -> str:
    """This will write who is meant, in one line."""
    parts: list[Text | str] = []
    if audience.parties:
        parts.append(_("{count} customers of a list", count=len(audience.parties)))
    if audience.unit:
        parts.append(units.get(audience.unit, audience.unit))
    if audience.language:
        parts.append(LANGUAGE_NAMES[audience.language])
    if audience.plan:
        parts.append(_("with the plan {plan}", plan=audience.plan))
    if audience.months_min:
        parts.append(_("for {count} months or longer", count=audience.months_min))
    return " · ".join(show(part, lang) for part in parts) or show(_("All customers"), lang)


def shown(one: Campaign, units: dict[str, str], lang: str) -> dict[str, Any]:
    """This will give a campaign as pages show it."""
    return {
        "id": one.id, "name": one.name, "state": STATES[one.state], "works": one.state in ("running", "paused"), "created": one.created,
        "began": one.began, "ended": one.ended, "ways": ways(one.ways, lang), "audience": meant(one.audience, units, lang),
        "calls": "call" in one.ways,
        "changes": [(target, show(text, lang), tone) for target, text, tone in CHANGES.get(one.state, [])],
        "texts": [(LANGUAGE_NAMES[tag], tag, engage.rules.with_opt_out(text, one.ways[0], tag)) for tag, text in one.texts.items()],
    }  # fmt: skip


def contact(one: Contact, lang: str) -> dict[str, Any]:
    """This will give what was done for a customer as pages show it; their address stays out of it."""
    listed = one.state == "sent" and one.way == "call"
    return {
        "party": one.party, "state": TO_CALL if listed else OUTCOMES[one.state], "at": one.at,
        "way": show(WAY_NAMES[one.way], lang) if one.way else "–", "why": show(engage.rules.WHY[one.why], lang) if one.why else "",
    }  # fmt: skip


def tally(found: engage.Figures, lang: str) -> dict[str, Any]:
    """This will give what came of a campaign: in all, by way and by reason, and whether the log says the same."""
    by_why: dict[str, int] = {}
    by_way: dict[str, dict[str, int]] = {}
    for state, way, why, count in found.contacts:
        if state == "suppressed":
            by_why[why] = by_why.get(why, 0) + count
        else:
            by_way.setdefault(way, {})[state] = by_way.get(way, {}).get(state, 0) + count
    rows = {"sent": found.sent, **{state: found.of(state) for state in ("delivered", "withdrawn", "failed", "suppressed")}}
    reasons = sorted(by_why.items(), key=lambda one: -one[1])
    return {
        "seen": figure(rows["sent"] + rows["suppressed"]), **{state: figure(count) for state, count in rows.items()},
        "failed": rows["failed"], "fits": found.fits, "whys": [(why, show(engage.rules.WHY[why], lang), figure(n)) for why, n in reasons],
        "ways": [_way(way, counts, lang) for way, counts in by_way.items()],
        "log": [(show(_LOG[name], lang), figure(count), figure(found.told.get(name, 0)), count == found.told.get(name, 0))
                for name, count in rows.items()],
    }  # fmt: skip


def _way(way: str, counts: dict[str, int], lang: str) -> dict[str, Any]:
    figures = {state: figure(counts.get(state, 0)) for state in ("delivered", "withdrawn", "failed", "sent")}
    return figures | {"way": show(WAY_NAMES[way], lang), "all": figure(sum(counts.values()))}


_LOG: Final[dict[str, Text]] = {
    "sent": _("Sent"), "delivered": _("Handed over"), "withdrawn": _("Withdrawn"), "failed": _("Failed"), "suppressed": _("Not sent"),
}  # fmt: skip
