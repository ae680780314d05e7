"""The console's pages of campaigns over real HTTP: written, begun, counted beside the log, listed for calls; seen within one's unit."""

import asyncio
from datetime import timedelta
from html import unescape

import msgspec
import pytest

from onehall.bench.audience import customer, settle
from onehall.channels.console.campaigns import counted
from onehall.domains import engage
from onehall.domains.engage import Campaign
from onehall.kernel.i18n import ZONE
from onehall.kernel.store import Store, counting
from tests.channels.desk.staff import Clerk
from tests.ground.house import House
from tests.scenarios.cast import sms, until

FORM = {
    "name": "Autumn", "text.en": "Ten gigabytes for ten yuan.", "text.zh-CN": "十元十个G。", "way0": "sms", "unit": "onehall",
    "months": "0",
}  # fmt: skip
COUNT = "SELECT count(*)::int FROM campaign"
HOMES = 4


@pytest.fixture(scope="module")
def people(house: House) -> None:
    """Six customers who allow marketing, at ten in the morning."""
    local = house.clock.now().astimezone(ZONE)
    ten = local.replace(hour=10, minute=0, second=0)
    house.clock.move((ten if ten > local else ten + timedelta(days=1)) - local)
    asyncio.run(_settle(house))


async def _settle(house: House) -> None:
    store = await Store(house.dsn, clock=house.clock, pool_size=2).open()
    await settle(store, 6, HOMES)
    await store.close()


async def done(house: House, name: str) -> str:
    sql = "SELECT id FROM campaign WHERE name = $1 AND state = 'done'"
    return str(await until(lambda: house.value(sql, name)))


async def test_a_campaign_is_written_begun_and_counted(house: House, people: None) -> None:
    listed = ", ".join(customer(place, HOMES).phone for place in range(3))
    await sms(house, customer(0, HOMES).phone, "TD", "stop-0")
    async with Clerk(house, "operations") as keeper:
        said = await keeper.post("/console/campaigns", **FORM | {"numbers": listed, "name": "Listed"})
        assert keeper.at.status_code == 200 and "Listed" in said and "3 customers of a list" in said and "Reply TD to stop." in said
        path = keeper.at.url.path
        await keeper.post(path, do="running")
        await done(house, "Listed")
        said = await keeper.see(path)
        assert "Stopped marketing" in said and "fits" in said and "does not fit" not in said
        figures = {"delivered": 2, "suppressed": 1}
        for state, count in figures.items():
            sql = "SELECT count(*)::int FROM campaign_contact WHERE campaign = $1 AND state = $2"
            assert await house.value(sql, path.rpartition("/")[2], state) == count
        assert customer(0, HOMES).party in await keeper.see(f"{path}?state=suppressed&why=stopped")
        assert customer(0, HOMES).party not in await keeper.see(f"{path}?state=delivered")
        await keeper.post(path, do="running")
        assert keeper.at.status_code == 409  # what is done does not begin again
        assert "Autumn" not in said and "活动文案" in await keeper.see(path.replace("/console", "/console/lang/zh-CN?to=/console"))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"name": "A"}, "A campaign's name has 2 to 20 letters."), ({"text.en": " "}, "A campaign needs its text in every language."),
        ({"way1": "sms"}, "Please choose the ways, each once."), ({"months": "x"}, "Please enter whole months."),
        ({"language": "fr"}, "There can be no such audience."), ({"numbers": "13799999999"}, "No customer has 137 9999 9999."),
        ({"numbers": " ".join(str(13_800_000_000 + one) for one in range(151))}, "A list has 150 numbers at most."),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_and_nothing_is_written(house: House, people: None, wrong: dict[str, str], reason: str) -> None:
    before = await house.value(COUNT)
    async with Clerk(house, "operations") as keeper:
        said = await keeper.post("/console/campaigns", **FORM | wrong)
        assert keeper.at.status_code == 422 and reason in unescape(said) and "十元十个G。" in keeper.at.text
    assert await house.value(COUNT) == before


async def test_the_call_list_is_of_this_moment_and_its_taking_is_told(house: House, people: None) -> None:
    one, other = customer(4, HOMES), customer(5, HOMES)
    async with Clerk(house, "operations") as keeper:
        await keeper.post("/console/campaigns", **FORM | {"name": "Calls", "way0": "call", "numbers": f"{one.phone} {other.phone}"})
        path = keeper.at.url.path
        await keeper.post(path, do="running")
        await done(house, "Calls")
        said = await keeper.see(f"{path}/calls")
        assert f"{one.phone[:3]}****{one.phone[-4:]}" in said and one.phone not in said
        await sms(house, one.phone, "TD", "stop-4")
        await keeper.post(f"{path}/calls")
        rows = keeper.at.text.splitlines()
        assert rows[0] == "number,language,listed_at,contact" and len(rows) == 2 and rows[1].startswith(f"{other.phone},")
        told = "SELECT body->>'count' FROM event WHERE type = 'engage.call_list_taken' AND staff IS NOT NULL AND key = $1"
        assert await house.value(told, path.rpartition("/")[2]) == "1"


async def test_others_see_only_their_own_and_write_nothing(house: House, people: None) -> None:
    async with Clerk(house, "operations") as keeper:
        await keeper.post("/console/campaigns", **FORM | {"name": "Everywhere"})
        path = keeper.at.url.path
    before = await house.value(COUNT)
    async with Clerk(house, "supervisor") as other:
        assert "Everywhere" not in await other.see("/console/campaigns")
        await other.see(path)
        assert other.at.status_code == 404
        await other.post("/console/campaigns", **FORM | {"name": "Mine"})
        assert other.at.status_code == 403
    assert await house.value(COUNT) == before


async def test_an_ended_campaign_is_not_counted_at_each_look(demo_store: Store) -> None:
    one = Campaign(id="c", state="done", name="Over", texts={}, ways=("sms",), audience=engage.Audience(),
                   created=demo_store.clock.now() - timedelta(hours=2), ended=demo_store.clock.now() - timedelta(hours=1))  # fmt: skip
    with counting() as first:
        seen = await counted.figures(demo_store, one)
    with counting() as second:
        again = await asyncio.gather(*(counted.figures(demo_store, one) for _look in range(5)))
    assert len(first) >= 1 and list(second) == [] and all(look is seen for look in again)
    running = msgspec.structs.replace(one, id="d", state="running", ended=None)
    before = await counted.figures(demo_store, running)
    assert before.figures.sent == 0 and (await counted.figures(demo_store, running)).at > before.at, "a quick count is made anew"


def test_a_count_is_kept_by_what_it_took() -> None:
    assert counted.kept_seconds(0.01, settled=False) == 0
    assert counted.kept_seconds(2, settled=False) == 40  # 20 * 2: a twentieth of the time goes into counting
    assert counted.kept_seconds(0.01, settled=True) == 600
