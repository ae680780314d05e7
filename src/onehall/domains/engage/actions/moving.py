"""Campaigns are made, begun, paused, resumed and stopped, and come to their end."""

from typing import Any

from onehall.domains import party
from onehall.domains.engage import events, lifecycle, queries, rules, store
from onehall.domains.engage.model import Audience, Campaign
from onehall.kernel.i18n import _
from onehall.kernel.ids import HOMES, home_of
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

HOME = 0
"""Facts of campaigns themselves live here."""
LANES = 4
"""Homes that are worked for one campaign at once: few, so that messages about a service never wait behind it."""
Step = dict[str, Any]


async def make(
    tx: Tx, name: str, texts: dict[str, str], ways: tuple[str, ...], audience: Audience, *, unit: str | None = None
) -> Campaign:
    """This will write a campaign; nothing is sent yet.

    :raises Refusal: `campaign.*`, 422.
    """
    rules.check_campaign(name, texts, ways, audience)
    made = Campaign(
        id=tx.new_id(), state=lifecycle.CAMPAIGN.first, name=name.strip(), texts=texts, ways=ways, audience=audience, created=tx.now,
        unit=unit, staff=tx.origin.staff,
    )  # fmt: skip
    await store.campaigns.insert(tx, made)
    tx.tell(events.CampaignMade(made.id, made.name))
    return made


async def move(tx: Tx, id_: str, target: str) -> Campaign:
    """This will begin, pause, resume or stop a campaign. What is stamped as sent is handed over; nothing new is stamped.

    :raises Refusal: 404; 409 for a step that the lifecycle lacks.
    """
    one = await store.campaigns.lock(tx, id_)
    if one is None:
        raise missing(_("campaign"))
    lifecycle.CAMPAIGN.check(one.state, target)
    begins = one.state == lifecycle.CAMPAIGN.first and target == "running"
    await store.campaigns.move(tx, id_, target, began=begins, ended=target in lifecycle.CAMPAIGN.ends)
    tx.tell(events.CampaignMoved(id_, one.state, target))
    if begins:
        for lane in range(LANES):
            await next_home(tx, one, lane, lane * HOMES // LANES)
    return await queries.campaign(tx, id_)


async def next_home(tx: Tx, one: Campaign, lane: int, start: int) -> None:
    """This will leave the next home of a lane to the workers, or the lane's end."""
    until = (lane + 1) * HOMES // LANES
    if one.audience.parties:
        home = min((home for home in map(home_of, one.audience.parties) if start <= home < until), default=None)
    else:
        home = await party.queries.next_home(tx, start, until)
    if home is None:
        tx.later("engage.end_lane", {"campaign": one.id, "lane": lane}, works_in=HOME, once=f"{one.id}:{lane}:end")
    else:
        leave(tx, {"campaign": one.id, "lane": lane, "home": home, "after": ""})


def leave(tx: Tx, step: Step) -> None:
    """This will leave a step of a lane to the workers, once."""
    tx.later("engage.step", step, works_in=step["home"], once=f"{step['campaign']}:{step['home']}:{step['after']}")


async def end_lane(tx: Tx, id_: str, lane: int) -> None:
    """This will note that a lane is at its end; with the last of them the campaign is done. Safe twice."""
    one = await store.campaigns.lock(tx, id_)
    if one is None or await store.campaigns.end_lane(tx, id_, lane) < LANES or not lifecycle.CAMPAIGN.allows(one.state, "done"):
        return
    await store.campaigns.move(tx, id_, "done", ended=True)
    tx.tell(events.CampaignMoved(id_, one.state, "done"))


def note_calls(tx: Tx, id_: str, count: int) -> None:
    """This will tell that somebody took the call list."""
    tx.tell(events.CallListTaken(id_, count))
