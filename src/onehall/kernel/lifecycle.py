"""Lifecycles as tables of text.

    ORDER = Lifecycle("order", '''
        acknowledged -> inProgress | rejected | cancelled
        inProgress   -> completed | failed
    ''')

The first state named is where a thing begins; a state that stands on no left side is an end.
"""

from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal


class Lifecycle:
    """The states of one kind of thing and the steps allowed between them."""

    def __init__(self, name: str, table: str) -> None:
        self.name = name
        self.steps: dict[str, frozenset[str]] = {}
        for line in filter(None, (line.strip() for line in table.splitlines())):
            source, arrow, targets = line.partition("->")
            if not arrow:
                raise ValueError(f"{name}: no arrow in {line!r}")
            self.steps[source.strip()] = frozenset(target.strip() for target in targets.split("|"))
        self.first = next(iter(self.steps))
        self.states = frozenset(self.steps) | frozenset(t for targets in self.steps.values() for t in targets)
        self.ends = frozenset(state for state in self.states if not self.steps.get(state))

    def check(self, source: str, target: str) -> str:
        """This will give `target` back if the step is in the table.

        :raises Refusal: `lifecycle.step`, 409, when it is not.
        """
        if target not in self.steps.get(source, frozenset()):
            raise Refusal(
                "lifecycle.step", _("This cannot go from {source} to {target}.", source=source, target=target), 409
            )
        return target

    def allows(self, source: str, target: str) -> bool:
        """This will tell whether the step is in the table."""
        return target in self.steps.get(source, frozenset())

    def before(self, target: str) -> frozenset[str]:
        """This will give the states from which `target` can be reached in one step."""
        return frozenset(source for source, targets in self.steps.items() if target in targets)
