"""A customer with half a year of bills: a plan that changes, use that grows, a discount that ends, a single charge."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from onehall.domains import billing
from onehall.domains.billing import Subscription, Use
from onehall.kernel.clock import MovableClock
from onehall.kernel.i18n import ZONE, Named, _, keep
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.flush import EPOCH
from tests.billing import charged

NUMBER = "18600019001"
MONTHS = 6
NAMES = {"hist-59": Named({"en": "Hall 59", "zh-CN": "畅享59"}), "hist-89": Named({"en": "Hall 89", "zh-CN": "畅享89"})}


def month_back(now: datetime, months: int) -> datetime:
    """The first moment of the month so many before."""
    here = now.astimezone(ZONE)
    whole = here.year * 12 + here.month - 1 - months
    return datetime(whole // 12, whole % 12 + 1, 1, tzinfo=ZONE)


async def lived(dsn: str, party: str, number: str = NUMBER) -> str:
    """This will have a party live half a year on a postpaid account up to this month; gives the account."""
    now = datetime.now(UTC)
    clock = MovableClock()
    clock.ahead = month_back(now, MONTHS) - now
    store = await Store(dsn, clock=clock, pool_size=4).open()
    try:
        return await _live(store, party, number, now)
    finally:
        await store.close()


async def _live(store: Store, party: str, number: str, now: datetime) -> str:
    plans = [await charged.sell(store, "hist-59"), await charged.sell(store, "hist-89", 8900)]
    account = await _open(store, party, number)
    first, changed = month_back(now, MONTHS), month_back(now, 1)
    await _subscribe(store, account, number, plans[0].id, 5900, first, changed)
    await _subscribe(store, account, number, plans[1].id, 8900, changed, None)
    await _subscribe(store, account, number, "spring", 0, first, changed, percent="10", kind="discount")
    for back in range(MONTHS, 0, -1):
        start = month_back(now, back)
        await _use(store, number, start, 60 + 40 * (MONTHS - back), 8 + 3 * (MONTHS - back))
        if back == 2:
            await store.run(account, lambda tx: billing.actions.charge(tx, account, Money(2000), _("New SIM"), None, "sim", kind="once"))
        store.clock.ahead = month_back(now, back - 1) - datetime.now(UTC)
        await charged.run(store)
    return account


async def _open(store: Store, party: str, number: str) -> str:
    async def work(tx: Tx) -> str:
        made = await billing.actions.open_account(tx, party, number=number, once=number, mode="postpaid", cycle_day=1)
        return made.id

    account = await store.run(party, work)
    await store.run(home_for(number), lambda tx: billing.actions.point(tx, number, account, None))
    return account


async def _subscribe(
    store: Store, account: str, number: str, plan: str, fee: int, since: datetime, until: datetime | None, *, percent: str = "",
    kind: str = "plan",
) -> None:  # fmt: skip
    name = NAMES.get(plan, Named({"en": "Spring, 10 % less", "zh-CN": "春季优惠九折"}))
    one = Subscription(
        keyed_id(0, EPOCH, "history", number, plan), account, number, number, number, kind, plan, None, keep(name), fee, "CNY", since,
        until, {"percent": percent} if percent else {},
    )  # fmt: skip
    await store.run(account, lambda tx: billing.actions.subscribe(tx, one))


async def _use(store: Store, number: str, start: datetime, megabytes: int, minutes: int) -> None:
    """Half of the data on the tenth day of the month, all else on the first."""
    uses = [
        Use(source="test", record=f"{number}:{start:%Y%m}:{place}", number=number, kind=kind, amount=Decimal(amount),
            at=start + timedelta(hours=hours), peer=peer)
        for place, (kind, amount, hours, peer) in enumerate((
            ("data_mb", megabytes / 2, 9, None), ("data_mb", megabytes / 2, 9 * 24 + 12, None),
            ("voice_min", minutes / 2, 10, "13912345678"), ("voice_min", minutes / 2, 14, "13912345678"),
        ))
    ]  # fmt: skip
    done = await billing.actions.take_in_all(store, uses, "test")
    assert {one.state for one in done} == {"added"}, done
