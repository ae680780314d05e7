"""The decisions of fulfilment, as tables of cases."""

import pytest

from onehall.domains.fulfilment import rules
from onehall.domains.fulfilment.model import Plan, Step

ORDER = "o"


def plan(states: str, state: str = "running") -> Plan:
    """`"a:done b:waiting:a"`: steps in order with their state and what they need."""
    steps = []
    for place, words in enumerate(states.split()):
        name, stands, *needs = words.split(":")
        steps.append(Step(1, ORDER, name, stands, tuple(needs[0].split("+")) if needs else (), place))
    return Plan(ORDER, state, tuple(steps))


def test_steps_of_a_new_line_end_with_the_welcome():
    steps = rules.steps_of("line.open")
    assert [name for name, _needs in steps] == [
        "create_line", "allocate", "keep_slot", "write_sim", "activate", "settle", "welcome",
    ]  # fmt: skip
    assert dict(steps)["write_sim"] == ("allocate", "keep_slot")


@pytest.mark.parametrize("kind", sorted(rules.PLANS))
def test_steps_of_every_kind_need_only_steps_before_them(kind: str):
    seen: set[str] = set()
    for name, needs in rules.steps_of(kind):
        assert seen.issuperset(needs), name
        seen.add(name)


@pytest.mark.parametrize(
    ("states", "state", "found"),
    [
        ("a:waiting b:waiting:a", "running", ["a"]),
        ("a:done b:waiting:a c:waiting:a", "running", ["b", "c"]),
        ("a:done b:running:a c:waiting:a+b", "running", []),
        ("a:done b:waiting:a", "undoing", []),
        ("a:failed b:waiting:a", "running", []),
    ],
)
def test_ready(states: str, state: str, found: list[str]):
    assert [step.name for step in rules.ready(plan(states, state))] == found


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ("a:done b:done c:failed", "b"),
        ("a:done b:undone c:failed", "a"),
        ("a:done b:running c:failed", None),
        ("a:done b:undoing c:failed", None),
        ("a:undone b:undone c:failed", None),
    ],
)
def test_next_to_undo(states: str, found: str | None):
    step = rules.next_to_undo(plan(states, "undoing"))
    assert (step.name if step else None) == found


def test_is_done():
    assert rules.is_done(plan("a:done b:done")) and not rules.is_done(plan("a:done b:running"))
