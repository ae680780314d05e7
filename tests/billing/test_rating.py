"""Records become money: once each, in whatever order, as late as they like, corrected or taken back."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from functools import partial
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onehall.domains import billing, catalogue
from onehall.domains.billing import store as rows
from onehall.domains.billing.model import Subscription, Use
from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import new_id
from onehall.kernel.money import Money
from onehall.kernel.period import Period
from onehall.kernel.store import Store, Tx

HOME = 7
MONTH = datetime(2026, 3, 1, tzinfo=ZONE)


def usage_price(service: str, *cases: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": service, "priceType": "usage", "price": {"unit": "CNY", "value": 0.1}, "unitOfMeasure": {"amount": 1, "units": service},
        "tariff": {"cases": list(cases)},
    }  # fmt: skip


def plan(*prices: dict[str, Any], **allowances: int) -> dict[str, Any]:
    said = {"kind": "plan", **allowances}
    traits = [{"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in said.items()]
    fee = {"name": "fee", "priceType": "recurring", "recurringChargePeriodType": "month", "price": {"unit": "CNY", "value": 30}}
    return {"name": "P", "lifecycleStatus": "Retired", "prodSpecCharValueUse": traits, "productOfferingPrice": [fee, *prices]}


DAY_AND_NIGHT = plan(
    usage_price(
        "voice_min", {"key": "night", "hours": [0, 480], "tiers": [{"amount": "5"}]}, {"key": "day", "tiers": [{"amount": "15"}]}
    ),
    usage_price("data_mb", {"step": "0", "basis": "month", "tiers": [
        {"amount": "500", "per": "100", "up_to": "300"}, {"amount": "100", "per": "100"},
    ]}),
    voice_min=20, data_mb=200,
)  # fmt: skip
SIMPLE = plan(usage_price("voice_min", {"tiers": [{"amount": "10"}]}), voice_min=20)


async def line(store: Store, doc: dict[str, Any], *, mode: str = "postpaid", balance: int = 0, since: datetime = MONTH) -> str:
    """This will open an account with a line of the same name as its number, on a plan of its own."""
    offering = f"plan-{len(doc['productOfferingPrice'])}"
    async with store.edge(0) as tx:
        if await catalogue.queries.offering(tx, offering) is None:
            await catalogue.actions.put(tx, offering, doc)
    return await store.run(HOME, lambda tx: _line(tx, offering, mode, balance, since))


async def _line(tx: Tx, offering: str, mode: str, balance: int, since: datetime) -> str:
    account = await billing.actions.open_account(tx, new_id(HOME, tx.now), mode=mode)
    if balance:
        await billing.actions.credit(tx, account.id, Money(balance), "start", None, f"start:{account.id}")
    terms = await catalogue.queries.known(tx, offering)
    name = msgspec.to_builtins(terms.name)
    one = Subscription(tx.new_id(), account.id, "l", "n", "l", "plan", terms.id, terms.price_id, name, 3000, "CNY", since, None)
    await rows.rating.subscribe(tx, one)
    return account.id


def call(record: int, account: str, minutes: str, at: datetime, *, kind: str = "voice_min", **more: Any) -> Use:
    return Use(source=account, record=str(record), number="n", kind=kind, amount=D(minutes), at=at, account=account, **more)


async def take(store: Store, *uses: Use) -> list[str]:
    outcomes = await store.run(HOME, lambda tx: billing.actions.take_in(tx, uses))
    return [one.state for one in outcomes]


async def stand(store: Store, account: str) -> tuple[Any, ...]:
    """All that an account's use came to: the debt less the balance, its months, its buckets."""
    async with store.edge(HOME) as tx:
        [kept] = await tx.read("SELECT unbilled - balance AS net FROM billing_account WHERE home = $1 AND id = $2", HOME, account)
        months = await tx.read(
            """SELECT month, kind, key, records, amount, units, left_over, minor FROM usage_month
               WHERE home = $1 AND account = $2 AND records > 0 ORDER BY month, kind, key""", HOME, account)  # fmt: skip
        buckets = await tx.read(
            "SELECT kind, start, total, used FROM bucket WHERE home = $1 AND account = $2 AND used > 0 ORDER BY 1, 2, 3", HOME, account
        )
        use = await tx.read("SELECT record, units, status FROM usage WHERE home = $1 AND account = $2 ORDER BY 1", HOME, account)
        assert await billing.queries.ledger_faults(tx) == []
    return kept["net"], *([tuple(row.values()) for row in some] for some in (months, buckets, use))


async def test_a_record_counts_once_however_often_it_comes(store: Store) -> None:
    account = await line(store, SIMPLE)
    first = call(1, account, "21.5", MONTH)
    assert await take(store, first, first) == ["known", "added"]
    assert await take(store, first) == ["known"]
    net, months, buckets, use = await stand(store, account)
    assert (net, [month[5:] for month in months]) == (20, [(D(22), D(2), 20)])  # (22 - 20) * 10
    assert [bucket[2:] for bucket in buckets] == [(D(20), D(20))]
    assert use == [("1", D(22), "rated")]


async def test_twenty_at_once_of_the_same_and_others_count_once_each(store: Store) -> None:
    account = await line(store, SIMPLE)
    same, others = call(0, account, "1", MONTH), [call(record, account, "3", MONTH) for record in range(1, 11)]
    said = await asyncio.gather(*(take(store, use) for use in [same] * 10 + others))
    assert sorted(word for [word] in said) == ["added"] * 11 + ["known"] * 9
    assert (await stand(store, account))[0] == (1 + 30 - 20) * 10


async def test_prepaid_money_pays_as_far_as_it_reaches(store: Store) -> None:
    account = await line(store, SIMPLE, mode="prepaid", balance=150)
    await take(store, call(1, account, "40", MONTH))  # 20 * 10 = 200
    found = await store.run(HOME, lambda tx: billing.queries.account(tx, account))
    assert (found.balance_minor, found.unbilled_minor) == (0, 50)
    assert await take(store, call(1, account, "30", MONTH, version=1)) == ["corrected"]  # 100: the debt goes first, 50 come back
    found = await store.run(HOME, lambda tx: billing.queries.account(tx, account))
    assert (found.balance_minor, found.unbilled_minor) == (50, 0)
    assert await take(store, call(1, account, "30", MONTH, version=2, withdrawn=True)) == ["corrected"]
    assert (await stand(store, account))[0] == -150


async def test_an_older_version_changes_nothing(store: Store) -> None:
    account = await line(store, SIMPLE)
    await take(store, call(1, account, "25", MONTH, version=2))
    before = await stand(store, account)
    assert await take(store, call(1, account, "50", MONTH), call(1, account, "60", MONTH, version=1)) == ["known", "known"]
    assert await stand(store, account) == before


async def test_a_record_taken_back_before_it_came_may_still_be_corrected(store: Store) -> None:
    account = await line(store, SIMPLE)
    assert await take(store, call(1, account, "25", MONTH, version=1, withdrawn=True)) == ["corrected"]
    assert await take(store, call(1, account, "25", MONTH)) == ["known"]
    assert await take(store, call(1, account, "30", MONTH, version=2)) == ["corrected"]
    assert await take(store, call(1, account, "21", MONTH, version=3)) == ["corrected"]
    net, months, _buckets, use = await stand(store, account)
    assert (net, [month[3:] for month in months], use) == (10, [(1, D(21), D(21), D(1), 10)], [("1", D(21), "rated")])


async def test_a_correction_does_not_make_another_thing_of_a_record(store: Store) -> None:
    account = await line(store, SIMPLE)
    await take(store, call(1, account, "25", MONTH))
    before = await stand(store, account)
    assert await take(store, call(1, account, "25", MONTH, version=1, kind="sms")) == ["refused"]
    assert await stand(store, account) == before


async def test_a_time_without_a_plan_waits(store: Store) -> None:
    account = await line(store, SIMPLE)
    early, strange = call(1, account, "1", MONTH - timedelta(seconds=1)), call(2, account, "1", MONTH, kind="teleport")
    assert await take(store, early, strange) == ["waiting", "waiting"]
    assert await stand(store, account) == (0, [], [], [])


async def test_every_month_has_its_own_allowance_and_the_one_that_was_granted_is_not_granted_again(store: Store) -> None:
    account = await line(store, SIMPLE)
    april = datetime(2026, 4, 1, tzinfo=ZONE)
    await store.run(HOME, lambda tx: billing.actions.grant(tx, account, {"voice_min": 8}, Period(MONTH + timedelta(3), april), "l"))
    await take(store, call(1, account, "10", MONTH + timedelta(4)), call(2, account, "19", april), call(3, account, "2", april))
    _net, months, buckets, _use = await stand(store, account)
    assert [(month[0].month, month[-1]) for month in months] == [(3, 20), (4, 10)]
    assert [bucket[2:] for bucket in buckets] == [(D(8), D(8)), (D(20), D(20))]


async def test_a_late_record_at_another_price_moves_what_follows(store: Store) -> None:
    account = await line(store, DAY_AND_NIGHT)
    noon, night = MONTH + timedelta(days=2, hours=12), MONTH + timedelta(days=1, hours=2)
    await take(store, call(1, account, "20", noon))
    assert (await stand(store, account))[0] == 0  # the allowance covers all of it
    await take(store, call(2, account, "5", night))  # it was there first: the last five minutes of noon are left over
    assert (await stand(store, account))[0] == 5 * 15
    async with store.edge(HOME) as tx:
        entries = await tx.read("SELECT 1 FROM entry WHERE home = $1 AND account = $2", HOME, account)
    assert len(entries) == 1  # the first record cost nothing, the difference is posted


PACK = {"voice_min": 25, "data_mb": 120}
PACK_STANDS = Period(MONTH + timedelta(days=10), MONTH + timedelta(days=45))
RECORDS = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 2), st.sampled_from(["voice_min", "data_mb"]), st.integers(0, 9000), st.integers(0, 80 * 24),
        st.booleans(),
    ),
    min_size=1, max_size=10,
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=RECORDS, order=st.randoms(use_true_random=False), size=st.integers(1, 4))
async def test_any_order_of_late_doubled_and_corrected_records_ends_in_the_same(store: Store, told: Any, order: Any, size: int) -> None:
    """Those that are told one by one in the best order, and those that are told anyhow, in batches, some twice."""
    ends = []
    for shuffled in (False, True):
        account = await line(store, DAY_AND_NIGHT)
        await store.run(HOME, partial(billing.actions.grant, account=account, allowances=PACK, period=PACK_STANDS, of="pack"))
        uses = as_uses(account, told)
        if shuffled:
            order.shuffle(uses)
            uses += uses[: len(uses) // 2]
        step = size if shuffled else len(uses)
        for start in range(0, len(uses), step):
            await take(store, *uses[start : start + step])
        ends.append(await stand(store, account))
    assert ends[0] == ends[1], f"{told} in batches of {size}: {[(use.record, use.version) for use in uses]}"


def as_uses(account: str, told: Any) -> list[Use]:
    """The records that were told, oldest version first: one of each version, of one kind, the first version never taken back."""
    newest: dict[tuple[int, int], tuple[Any, ...]] = {}
    for record, version, *rest in told:
        newest.setdefault((record, version), tuple(rest))
    kinds = {record: newest[record, version][0] for record, version in sorted(newest)}
    uses = [
        call(record, account, str(D(hundredths) / 100), MONTH + timedelta(hours=hour), kind=kinds[record], version=version,
             withdrawn=gone and version > 0)
        for (record, version), (_kind, hundredths, hour, gone) in newest.items()
    ]  # fmt: skip
    return sorted(uses, key=lambda use: (use.version, use.at, use.record))


def test_the_months_of_the_tests_begin_in_the_operators_zone() -> None:
    assert MONTH.astimezone(UTC) == datetime(2026, 2, 28, 16, tzinfo=UTC)


async def test_one_record_told_at_once_for_two_accounts_of_a_home_counts_for_one(store: Store) -> None:
    accounts = [await line(store, SIMPLE) for _ in range(2)]
    for record in range(10):
        uses = [Use(source="t", record=str(record), number="n", kind="voice_min", amount=D(1), at=MONTH, account=one) for one in accounts]
        said = await asyncio.gather(*(take(store, use) for use in uses))
        assert sorted(word for [word] in said) in (["added", "known"], ["added", "refused"])
    records = [month[3] for account in accounts for month in (await stand(store, account))[1]]
    assert sum(records) == 10
