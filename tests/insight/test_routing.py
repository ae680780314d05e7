"""The arms of the router: what the told and the held out cost afterwards, each contact by its channel."""

from datetime import timedelta

from onehall.hall.events import HeldOut, Suggested
from onehall.insight import routing
from onehall.insight.routing import Arm
from onehall.kernel.events import Origin
from onehall.kernel.ids import new_id
from onehall.kernel.store import Store
from onehall.kernel.visits import Visited, Visits

COSTS = {"web": 5, "hotline": 600}
CONTACTS = {  # the channels of what each had done after that, and whether they are held out
    1: (("web", "web"), False), 2: (("hotline",), False), 3: (("hotline", "hotline"), True), 4: ((), True), 5: (("kiosk",), True),
}  # fmt: skip


async def test_each_arm_is_what_its_customers_cost_in_the_thirty_days_after(store: Store) -> None:
    visits, began = Visits(store), store.clock.now()
    for number, (channels, held) in CONTACTS.items():
        party = new_id(number, began)
        fact = (HeldOut if held else Suggested)(f"j{number}", "cheaper", "web", "basic", 600, 5)
        visits.count(began, fact, Origin(channel="hotline", party=party, function="balance.check"))
        visits.count(began - timedelta(days=1), Visited("balance.check"), Origin(channel="hotline", party=party))  # before: not counted
        for channel in channels:
            there = Origin(channel=channel, party=party, function="balance.check")
            visits.count(began + timedelta(days=1), Visited("balance.check"), there)
        visits.count(began + timedelta(days=31), Visited("balance.check"), Origin(channel="hotline", party=party))  # too late
    await visits.write()
    span = began - timedelta(hours=1), began + timedelta(hours=1)
    async with store.edge(0) as tx:
        treated, held_out = await routing.arms(tx, "cheaper", COSTS, *span)
        nobody = await routing.arms(tx, "human", COSTS, *span)
        groups = [tuple(row.values()) for row in await routing.groups(tx, *span)]
        latest = await routing.latest(tx, *span)
    assert treated == Arm(2, 3, 0, 610, 360_100)  # 2 * 5 and 600; 10² + 600²
    assert held_out == Arm(3, 3, 0, 1200, 1_440_000)  # 2 * 600, nothing, and a kiosk of no known cost; 1200²
    assert nobody == (Arm(), Arm())
    assert groups == [("cheaper", "basic", "hotline", "web", 2, 3)]
    assert sorted(row["went"] or "" for row in latest) == ["", "hotline", "hotline", "kiosk", "web"]
