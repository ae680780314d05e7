"""Every kind of fact that can stand in the log is said in words, and by its own fields."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import onehall
from onehall.kernel import timeline
from onehall.kernel.events import Fact, tag_of
from tests.tidy.source import nothing

NAME = re.compile(r"\{(\w+)\}")


def _kinds(of: type[Fact] = Fact) -> Iterator[type[Fact]]:
    for kind in of.__subclasses__():
        if kind.__module__.startswith("onehall.") and "." in tag_of(kind):  # one without a tag of its own is the stem of others
            yield kind
        yield from _kinds(kind)


def catalogue() -> dict[str, type[Fact]]:
    """This will give every kind of fact of the house by its tag."""
    for module in walk_packages(onehall.__path__, "onehall."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    return {tag_of(kind): kind for kind in _kinds()}


def test_every_fact_has_words_made_of_its_own_fields() -> None:
    known = catalogue()
    assert len(known) > 120 and {"channel.suggested", "order.placed", "journey.asked"} <= set(known)
    nothing(f"{tag}: no words in timeline.WORDS" for tag in known if tag not in timeline.WORDS)
    nothing(
        f"{tag}: it has no {name}"
        for tag, kind in known.items() for name in NAME.findall(timeline.WORDS[tag].id) if name not in kind.__struct_fields__
    )  # fmt: skip


def test_no_words_are_left_of_a_fact_that_is_gone() -> None:
    nothing(tag for tag in timeline.WORDS if tag not in catalogue())
