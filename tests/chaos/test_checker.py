"""The checker finds what is broken: each invariant is broken by hand, and the checker names the thing."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from onehall.chaos import checker
from tests.chaos import story
from tests.ground import database as databases

ORDER = "(SELECT id FROM product_order WHERE state = 'completed' AND kind = 'line.open')"
SENT = "(SELECT id FROM product_order WHERE state = 'inProgress')"
LINE = f"(SELECT line FROM product_order WHERE id = {ORDER})"
NUMBER = f"(SELECT number FROM product WHERE id = {LINE})"
ACCOUNT = f"(SELECT account FROM product WHERE id = {LINE})"
PAYMENT = f"(SELECT wanted->>'payment' FROM product_order WHERE id = {ORDER})"
TOPPED = "(SELECT payment FROM entry WHERE kind = 'top_up' AND payment IS NOT NULL ORDER BY at DESC LIMIT 1)"
JOURNEY = f"(SELECT journey FROM product_order WHERE id = {ORDER})"
OPEN = "(SELECT id FROM journey WHERE state = 'asking' AND function = 'line.open')"
ENTRY = f"(SELECT id FROM entry WHERE payment = {TOPPED} AND kind = 'payment')"
CONTACT = "(SELECT id FROM campaign_contact WHERE state = 'delivered')"
HELD = "'number ' || (SELECT number FROM number WHERE state = 'held' AND NOT starts_with(token, 'kit:'))"
LENT = "(SELECT min(number) FROM kit_number)"
STRANGER = "z" * 24
JOB = "INSERT INTO job (home, id, kind, body, due, lease_until, state) VALUES"
COPY = "id, kind, party, unit, account, number, iccid, offering, price_id, name, fee, currency, status, created, activated"
BROKEN = [
    ("number_has_one_holder", NUMBER,
     f"INSERT INTO product (home, {COPY}) SELECT home, '{STRANGER}', {COPY[4:]} FROM product WHERE id = {LINE}"),
    ("number_has_one_holder", NUMBER, f"UPDATE number SET line = '{STRANGER}' WHERE number = {NUMBER}"),
    ("number_has_one_holder", NUMBER, f"UPDATE sim SET line = '{STRANGER}' WHERE line = {LINE}"),
    ("number_has_one_holder", NUMBER, f"UPDATE number_account SET account = '{STRANGER}' WHERE number = {NUMBER}"),
    ("number_has_one_holder", NUMBER,
     f"UPDATE billing_account SET number = {NUMBER} WHERE id = (SELECT id FROM billing_account WHERE id <> {ACCOUNT} LIMIT 1)"),
    ("nothing_held_for_nobody", NUMBER, f"UPDATE product SET status = 'terminated' WHERE id = {LINE}"),
    ("nothing_held_for_nobody", HELD,
     f"UPDATE journey SET state = 'cancelled' WHERE id = {OPEN}"),
    ("nothing_held_for_nobody", HELD,
     "UPDATE number SET until = NULL WHERE state = 'held'"),
    ("nothing_held_for_nobody", "'place ' || (SELECT slot || ' of ' || document_hash FROM line_slot WHERE line IS NULL)",
     f"UPDATE journey SET state = 'expired' WHERE id = {OPEN}"),
    ("nothing_held_for_nobody", f"(SELECT iccid FROM sim WHERE line = {LINE})", f"UPDATE sim SET state = 'written' WHERE line = {LINE}"),
    ("nothing_held_for_nobody", ACCOUNT, f"UPDATE billing_account SET reserved = 5 WHERE id = {ACCOUNT}"),
    ("five_lines_a_person", LINE, f"DELETE FROM line_slot WHERE line = {LINE}"),
    ("five_lines_a_person", f"(SELECT party FROM product WHERE id = {LINE})",
     f"INSERT INTO product (home, {COPY}) SELECT home, left(id, 21) || 'zz' || place, {COPY[4:]} "
     f"FROM product, generate_series(1, 5) place WHERE id = {LINE}"),
    ("payment_posted_once", PAYMENT, f"UPDATE payment SET status = 'expired' WHERE id = {PAYMENT}"),
    ("payment_posted_once", TOPPED, f"UPDATE entry SET once = once || ':other' WHERE kind = 'payment' AND payment = {TOPPED}"),
    ("payment_posted_once", TOPPED, f"DELETE FROM sim_payment WHERE payment = {TOPPED}"),
    ("payment_posted_once", TOPPED, f"UPDATE sim_payment SET minor = minor + 1 WHERE payment = {TOPPED}"),
    ("payment_posted_once", TOPPED,
     f"INSERT INTO entry SELECT home, '{STRANGER}', once || ':again', kind, what, of, account, payment, at, party, staff, journey, "
     "channel, unit "
     f"FROM entry WHERE kind = 'payment' AND payment = {TOPPED}"),
    ("payment_posted_once", "(SELECT id FROM refund)", "DELETE FROM sim_refund"),
    ("payment_posted_once", "(SELECT id FROM refund)", "DELETE FROM entry WHERE kind = 'refunded'"),
    ("paid_order_done_or_refunded", ORDER, f"UPDATE product_order SET state = 'inProgress' WHERE id = {ORDER}"),
    ("paid_order_done_or_refunded", ORDER, f"UPDATE fulfilment_step SET state = 'running' WHERE order_id = {ORDER} AND name = 'welcome'"),
    ("paid_order_done_or_refunded", ORDER, f"UPDATE product_order SET state = 'failed' WHERE id = {ORDER}"),
    ("paid_order_done_or_refunded", ORDER, f"UPDATE product_order SET line = NULL WHERE id = {ORDER}"),
    ("paid_order_done_or_refunded", ORDER, f"UPDATE entry SET once = once || '?' WHERE once = {ORDER} || ':0'"),
    ("paid_order_done_or_refunded", TOPPED, f"UPDATE payment SET spent = 0 WHERE id = {TOPPED}"),
    ("paid_order_done_or_refunded", SENT, f"UPDATE fulfilment_step SET state = 'waiting' WHERE order_id = {SENT} AND name = 'pick'"),
    ("log_whole_and_in_order", SENT, "DELETE FROM event WHERE type = 'fulfilment.step_sent_back'"),
    ("books_sum_to_zero", ENTRY,
     f"UPDATE posting SET minor = minor - 1 WHERE book = 'clearing' AND entry = {ENTRY}"),
    ("books_sum_to_zero", "'transit'",
     f"UPDATE posting SET book = 'transit' WHERE book = 'clearing' AND entry = {ENTRY}"),
    ("balances_are_their_postings", ACCOUNT, f"UPDATE billing_account SET balance = balance + 1 WHERE id = {ACCOUNT}"),
    ("balances_are_their_postings", TOPPED, f"UPDATE payment SET spent = spent - 1 WHERE id = {TOPPED}"),
    ("balances_are_their_postings", "(SELECT id FROM refund)", "UPDATE refund SET status = 'failed'"),
    ("log_whole_and_in_order", ORDER, f"DELETE FROM event WHERE key = {ORDER} AND type = 'order.placed'"),
    ("log_whole_and_in_order", ORDER, f"DELETE FROM event WHERE key = {ORDER} AND type = 'order.completed'"),
    ("log_whole_and_in_order", ORDER,
     f"UPDATE event SET id = '00' || substr(id, 3) WHERE key = {ORDER} AND type = 'order.moved' AND body->>'target' = 'completed'"),
    ("log_whole_and_in_order", ORDER, f"DELETE FROM event WHERE key = {ORDER} AND body->>'step' = 'activate'"),
    ("log_whole_and_in_order", TOPPED, f"DELETE FROM event WHERE key = {TOPPED} AND type = 'payment.received'"),
    ("log_whole_and_in_order", JOURNEY, f"DELETE FROM event WHERE key = {JOURNEY} AND type = 'journey.ended'"),
    ("log_whole_and_in_order", OPEN, f"DELETE FROM event WHERE key = {OPEN} AND type LIKE 'journey.%'"),
    ("facts_heard_once", f"(SELECT id FROM event WHERE key = {ORDER} AND type = 'order.placed')",
     f"DELETE FROM fulfilment_plan WHERE order_id = {ORDER}"),
    ("facts_heard_once", f"(SELECT id FROM event WHERE key = {LINE} AND type = 'inventory.line_activated')",
     f"DELETE FROM login_name WHERE value = {NUMBER}"),
    ("facts_heard_once", f"(SELECT id FROM event WHERE key = {ORDER} AND type = 'order.placed')",
     "INSERT INTO job (home, id, kind, body, due, lease_until) SELECT e.home, n, 'on:fulfilment.begin', jsonb_build_object('event', e.id), "
     f"'2999-01-01', '2020-01-01' FROM event e, unnest(ARRAY['one', 'two']) n WHERE e.key = {ORDER} AND e.type = 'order.placed'"),
    ("journey_moves_on", OPEN, f"DELETE FROM job WHERE kind = 'journey.expire' AND body->>'journey' = {OPEN}"),
    ("journey_moves_on", OPEN, f"UPDATE journey SET state = 'waiting' WHERE id = {OPEN}"),
    ("journey_moves_on", OPEN, f"UPDATE journey SET expires = '2020-01-01' WHERE id = {OPEN}"),
    ("work_is_done", "'lost'",
     JOB + " (1, 'lost', 'x', '{}', '2020-01-01', '2020-01-01', 'ready')"),
    ("no_marketing_after_the_stop", CONTACT, f"UPDATE campaign_contact SET at = at + interval '1 hour' WHERE id = {CONTACT}"),
    ("no_marketing_after_the_stop", CONTACT, "DELETE FROM consent WHERE allowed"),
    ("no_marketing_after_the_stop", CONTACT, f"DELETE FROM event WHERE key = {CONTACT}"),
    ("no_marketing_after_the_stop", f"(SELECT key FROM event WHERE type = 'engage.marketing_sent' AND key = {CONTACT})",
     f"DELETE FROM campaign_contact WHERE id = {CONTACT}"),
    ("no_marketing_after_the_stop", f"(SELECT party FROM campaign_contact WHERE id = {CONTACT})",
     "UPDATE marketing_standing SET ways = '{sms}' WHERE ways = '{}'"),
    ("kit_leases_end", LENT, f"DELETE FROM kit_number WHERE number = {LENT}"),
    ("kit_leases_end", LENT, f"UPDATE number SET until = until + interval '1 hour' WHERE number = {LENT}"),
    ("kit_leases_end", LENT, f"UPDATE kit_number SET until = until + interval '1 day' WHERE number = {LENT}"),
    ("kit_leases_end", LENT, f"UPDATE kit_number SET until = until - interval '2 days' WHERE number = {LENT}"),
    ("kit_leases_end", LENT, f"UPDATE number SET until = until - interval '2 days' WHERE number = {LENT}"),
    ("kit_leases_end", LENT, f"UPDATE number SET state = 'sold', until = NULL, line = {LINE} WHERE number = {LENT}"),
    ("nothing_given_up", "'dead'",
     JOB + " (1, 'dead', 'x', '{}', '2020-01-01', '2020-01-01', 'dead')"),
]  # fmt: skip


@pytest.fixture(scope="module")
def told(demo_template: str) -> Iterator[str]:
    """The DSN of a database in which the story was told."""
    name = databases.borrow(demo_template, "t_chaos_story")
    dsn = databases.server().dsn(name)
    asyncio.run(story.tell(dsn))
    yield dsn
    databases.give_back(name)


async def _connection(dsn: str) -> Any:
    return await asyncpg.connect(dsn, server_settings={"search_path": "onehall"})


async def test_nothing_is_broken_where_nothing_was_broken(told: str) -> None:
    """Without this, the tests below would prove nothing."""
    assert await checker.check(told) == []


@pytest.mark.parametrize(("invariant", "thing", "breaking"), BROKEN, ids=lambda value: str(value)[:40])
async def test_what_is_broken_is_named(told: str, invariant: str, thing: str, breaking: str) -> None:
    """Each row of the table above breaks one thing, and the checker names the invariant and the thing."""
    connection = await _connection(told)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("SET LOCAL session_replication_role = replica")  # foreign keys would stop some of it
        named = str(await connection.fetchval(f"SELECT {thing}"))
        assert (await connection.execute(breaking)).split()[-1] != "0", "nothing was broken"
        found = await checker.look(await checker.reader_on(connection))
    finally:
        await transaction.rollback()
        await connection.close()
    assert (invariant, named) in {(fault.invariant, fault.id) for fault in found}


async def test_the_checker_changes_nothing(told: str) -> None:
    """It reads in a transaction that cannot write."""
    async with checker.reading(told) as reader:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await reader.connection.execute("DELETE FROM job")


def test_each_invariant_is_broken_above() -> None:
    """None is believed that has not been seen to fail."""
    assert {invariant for invariant, _thing, _breaking in BROKEN} == set(checker.INVARIANTS)


async def test_what_a_fault_explains_may_be_given_up(told: str) -> None:
    """And nothing else."""
    connection = await _connection(told)
    transaction = connection.transaction()
    await transaction.start()
    try:
        for id_, kind in (("a", "payment.close"), ("b", "step.welcome")):
            sql = "INSERT INTO job (home, id, kind, body, due, lease_until, state) VALUES (1, $1, $2, '{}', now(), now(), 'dead')"
            await connection.execute(sql, id_, kind)
        found = await checker.look(await checker.reader_on(connection, frozenset({"payment.close"})))
    finally:
        await transaction.rollback()
        await connection.close()
    assert [(fault.invariant, fault.id) for fault in found] == [("nothing_given_up", "b")]
