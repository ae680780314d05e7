"""A nice number is paid for beforehand, and binds the line that has it."""

from datetime import timedelta

from onehall.kernel.i18n import ZONE
from tests.ground.counter import Counter

TIER = "SELECT {} FROM number_tier WHERE level = (SELECT tier FROM number WHERE number = $1)"


async def test_a_nice_number_costs_its_prepayment_and_binds_the_line(counter: Counter) -> None:
    now = counter.store.clock.now().astimezone(ZONE)
    counter.store.clock.move((now.replace(day=1) + timedelta(days=32)).replace(day=1) - now)  # the first month is a whole one
    number = await counter.one("SELECT number FROM number WHERE tier > 0 AND state = 'free' ORDER BY tier, number LIMIT 1")
    prepay, months, spend = [await counter.one(TIER.format(name), number) for name in ("prepay", "lock_months", "min_spend")]
    caller = counter.guest()
    view = await counter.to_pay(caller, number=number)
    assert prepay > 0 and view.question and view.question["amount_minor"] == 5900 + prepay
    await counter.bank_pays(view)
    assert (await counter.settle(caller, view)).state == "done"
    assert await counter.one("SELECT deposit FROM billing_account WHERE number = $1", number) == prepay
    bound = [await counter.one(f"SELECT {name} FROM product WHERE number = $1", number) for name in ("lock_months", "min_spend")]
    assert months > 0 and bound == [months, spend]


async def test_who_signs_sees_what_leaving_plan_and_number_early_costs(counter: Counter) -> None:
    number = await counter.one("SELECT number FROM number WHERE tier > 0 AND state = 'free' ORDER BY tier, number LIMIT 1")
    spend = await counter.one(TIER.format("min_spend"), number)
    caller = counter.guest()
    view = await counter.to_sim(caller, "data-199", number)
    view = await counter.answer(caller, view, "esim")
    assert view.question and view.question["kind"] == "confirm"
    early = [words for words in view.question["summary"]["terms"] if "early" in words or "number it is" in words]
    assert early == [
        "Who leaves early pays 50% of ¥99.00 for each month that remains.",
        "Who leaves early pays discounts of the contract back, for the months that remain.",
        f"For the number it is 90% of ¥{spend // 100:,}.00 for each of its months, where that is more.",
    ]
