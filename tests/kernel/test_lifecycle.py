"""Lifecycles are read from text; what is not in the table is refused."""

import pytest

from onehall.kernel.lifecycle import Lifecycle
from onehall.kernel.refusals import Refusal

LAMP = Lifecycle(
    "lamp",
    """
    new -> on | broken
    on  -> off | broken
    off -> on
    """,
)


def test_the_table_says_where_it_begins_and_ends() -> None:
    assert (LAMP.first, LAMP.states, LAMP.ends) == ("new", {"new", "on", "off", "broken"}, {"broken"})
    assert LAMP.before("on") == {"new", "off"}
    assert LAMP.before("new") == frozenset()


@pytest.mark.parametrize("source", ["new", "on", "off", "broken", "lost"])
@pytest.mark.parametrize("target", ["new", "on", "off", "broken", "lost"])
def test_only_the_steps_of_the_table_are_allowed(source: str, target: str) -> None:
    allowed = {("new", "on"), ("new", "broken"), ("on", "off"), ("on", "broken"), ("off", "on")}
    assert LAMP.allows(source, target) is ((source, target) in allowed)
    if (source, target) in allowed:
        assert LAMP.check(source, target) == target
    else:
        with pytest.raises(Refusal) as no:
            LAMP.check(source, target)
        assert (no.value.code, no.value.status) == ("lifecycle.step", 409)


def test_a_line_without_an_arrow_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="lamp: no arrow in 'on off'"):
        Lifecycle("lamp", "on off")
