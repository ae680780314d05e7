"""The policy is a table, and counts at once."""

import asyncio

import pytest

from onehall.hall.policy import Policy, Rule
from onehall.kernel.functions import FUNCTIONS, Proof
from tests.channels.agent.programs import allowed, answer_of, code, program, shown
from tests.conformance.people import Person
from tests.conformance.place import Place

pytestmark = pytest.mark.asyncio(loop_scope="module")
ALL = {"admits": "yes", "own_yes": False, "proof": 2, "each_max": 5000, "day_max": 10000}


async def test_the_most_particular_line_counts() -> None:
    policy = Policy({"*": ALL, "family:query": {"admits": "person"}, "balance.check": {"admits": "yes", "each_max": 1}})
    assert policy.of(FUNCTIONS["balance.check"]) == Rule("yes", False, Proof.CODE, 1, 10000)
    assert policy.of(FUNCTIONS["data.left"]).admits == "person"
    assert policy.of(FUNCTIONS["plan.change"]) == Rule("yes", False, Proof.CODE, 5000, 10000)


async def test_without_a_line_nothing_is_admitted() -> None:
    assert Policy({}).of(FUNCTIONS["tariff.list"]) == Rule("no")


async def test_real_names_and_secrets_go_to_the_person_whatever_the_table_says() -> None:
    policy = Policy({"*": ALL | {"proof": 3}})
    assert {name for name, one in FUNCTIONS.items() if policy.of(one).admits == "person"} == {
        name for name, one in FUNCTIONS.items() if one.proof is Proof.REAL_NAME or one.secret
    }


async def test_a_line_counts_at_once(place: Place) -> None:
    person = await Person().settle(place.counter)
    async with program(await allowed(place, person)) as client:
        assert shown(await client.call_tool("balance.check", {}))["state"] == "done"
        async with place.counter.store.edge(0) as tx:
            await tx.write("INSERT INTO agent_policy (name, admits) VALUES ('balance.check', 'no')")
        assert code(await client.call_tool("balance.check", {})) == "tool.unknown"
        assert "balance.check" not in {tool.name for tool in (await client.list_tools(cache_mode="bypass")).tools}


async def test_a_limit_holds_against_many_at_once(place: Place) -> None:
    """Six of 15 yuan at once, of which 30 yuan a day are allowed: two are done."""
    counter, person = place.counter, await Person().settle(place.counter)
    async with program(await allowed(place, person, "spend", day=30, each=15)) as client:
        views = [shown(await client.call_tool("pack.add", {"pack": "pack-data-10"})) for _time in range(6)]
        replies = await asyncio.gather(*(client.call_tool("answer", answer_of(view, True)) for view in views))
    assert sorted(shown(reply)["state"] for reply in replies) == ["asking"] * 4 + ["done"] * 2
    assert await counter.one("SELECT spent FROM agent_grant WHERE party = $1", person.party) == 3_000
    assert await counter.one("SELECT count(*) FROM product_order WHERE party = $1", person.party) == 2
    assert await counter.one("SELECT sum(amount)::bigint FROM agent_yes y WHERE way = 'limit' AND agent_grant = "
                             "(SELECT id FROM agent_grant WHERE party = $1)", person.party) == 3_000  # fmt: skip
