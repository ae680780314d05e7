"""What a customer may let a program do, as tables of cases."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from onehall.domains.party import rules
from onehall.domains.party.model import AgentGrant
from onehall.kernel.refusals import Refusal

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
GRANT = AgentGrant(
    id="g", party="p", name="Clara", scope="ask", each_max=0, day_max=0, proof=2, until=NOW + timedelta(days=1), created=NOW, claimed=NOW
)


@pytest.mark.parametrize(("given", "kept"), [("Clara", "Clara"), ("  Ada  3 ", "Ada 3"), ("ＡＩ助手", "AI助手"), ("x.y-z", "x.y-z")])
def test_a_programs_name_is_kept_plain(given: str, kept: str) -> None:
    assert rules.check_agent_name(given) == kept


@pytest.mark.parametrize("given", ["", "a", "x" * 41, "Your bank: call", "a\u202eb", "a\u200bb", "http://x.y", "<b>Ada</b>", "ok?\nyes"])
def test_a_programs_name_says_nothing_else(given: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_agent_name(given)
    assert refused.value.code == "agent.name"


@pytest.mark.parametrize(("yuan", "minor"), [("0", 0), ("1", 100), ("200", 20_000)])
def test_a_limit_is_whole_yuan(yuan: str, minor: int) -> None:
    assert rules.check_agent_limit(yuan) == minor


@pytest.mark.parametrize("yuan", ["201", "-1", "1.5", "", "٣", "１", "1e2", "99999"])
def test_any_other_limit_is_refused(yuan: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_agent_limit(yuan)
    assert refused.value.code == "agent.limit"


def test_at_once_is_not_more_than_a_day() -> None:
    assert rules.check_agent_each("20", 2_000) == 2_000
    with pytest.raises(Refusal) as refused:
        rules.check_agent_each("21", 2_000)
    assert refused.value.code == "agent.limit"


def test_ten_programs_at_most() -> None:
    rules.check_agents([GRANT] * 9)
    with pytest.raises(Refusal) as refused:
        rules.check_agents([GRANT] * 10)
    assert refused.value.code == "agent.many"


@pytest.mark.parametrize(
    ("grant", "may"),
    [
        (GRANT, True), (replace(GRANT, claimed=None), False), (replace(GRANT, ended=NOW), False), (replace(GRANT, until=NOW), False),
    ],
)  # fmt: skip
def test_a_program_acts_from_its_claim_to_its_end(grant: AgentGrant, may: bool) -> None:
    assert rules.agent_may_act(grant, NOW) is may


@pytest.mark.parametrize(("each", "day"), [(None, None), (0, 0), (5_000, None), (None, 20_000), (20_000, 20_000)])
def test_the_house_sets_limits_up_to_200_yuan(each: int | None, day: int | None) -> None:
    rules.check_policy_limits(each, day)


@pytest.mark.parametrize(("each", "day"), [(-1, None), (None, 20_001), (20_100, None), (10_000, 9_900)])
def test_the_house_sets_no_other_limits(each: int | None, day: int | None) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_policy_limits(each, day)
    assert refused.value.code == "agent.limit"
