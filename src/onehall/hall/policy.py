"""What programs may do here, as the table says: which functions, how far, and what the house lets them agree to by themselves."""

import msgspec

from onehall.domains import party
from onehall.kernel.events import Fact
from onehall.kernel.functions import FAMILIES, FUNCTIONS, Function, Proof
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx

EVERYTHING = "*"
FAMILY = "family:"
ADMITS = ("yes", "person", "no")


class Rule(msgspec.Struct, frozen=True):
    """What holds for one function. `admits`: yes, person (begun, then handed to the person), no; limits in minor units."""

    admits: str = "no"
    own_yes: bool = False
    proof: Proof = Proof.NONE
    each_max: int = 0
    day_max: int = 0


class Line(msgspec.Struct, frozen=True):
    """A line of the table: what it says, and None where the next line counts."""

    admits: str | None = None
    own_yes: bool | None = None
    proof: Proof | None = None
    each_max: int | None = None
    day_max: int | None = None

    @property
    def said(self) -> dict[str, object]:
        """This will give the columns that it fills."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}


class PolicyChanged(Fact, frozen=True, tag="agent.policy"):
    """Somebody changed what programs may do. `line` is a function, `family:...` or `*`; what it does not say is None."""

    line: str
    admits: str | None
    own_yes: bool | None
    proof: int | None
    each_max: int | None
    day_max: int | None


class Policy:
    """The lines of the table at one moment. With no line at all nothing is admitted."""

    def __init__(self, lines: dict[str, dict[str, object]]) -> None:
        self.lines = lines

    def line(self, name: str) -> Line:
        """This will give a line as it stands; one that is not there says nothing."""
        return msgspec.convert({column: value for column, value in self.lines.get(name, {}).items() if value is not None}, Line)

    def of(self, function: Function) -> Rule:
        """This will give the rule of a function: each column from the most particular line that fills it.

        What needs more proof than a program may have, or asks for what nobody may read, always goes to the person.
        """
        found: dict[str, object] = {}
        for name in above(function):
            found |= self.line(name).said
        rule = msgspec.convert(found, Rule)
        beyond = function.proof > min(rule.proof, Proof.CODE) or function.secret
        return msgspec.structs.replace(rule, admits="person") if beyond and rule.admits == "yes" else rule


def above(function: Function) -> tuple[str, str, str]:
    """This will name the lines that a function goes by, the most general first."""
    return EVERYTHING, FAMILY + function.family, function.name


async def read(store: Store) -> Policy:
    """This will read the policy as it is now. One statement on a table of a few lines."""
    async with store.edge(0) as tx:
        rows = await tx.read("SELECT name, admits, own_yes, proof, each_max, day_max FROM agent_policy")
    return Policy({row["name"]: {name: value for name, value in dict(row).items() if name != "name"} for row in rows})


async def write(tx: Tx, name: str, line: Line) -> None:
    """This will put a line into the table, or take it away when it says nothing; it counts from the next call on.

    :raises Refusal: 404 there is no such line; `policy.line`, 422, it says what no line may.
    """
    _check(name, line)
    if line.said:
        await tx.write(
            "INSERT INTO agent_policy (name, admits, own_yes, proof, each_max, day_max) VALUES ($1, $2, $3, $4, $5, $6) "
            "ON CONFLICT (name) DO UPDATE SET admits = excluded.admits, own_yes = excluded.own_yes, proof = excluded.proof, "
            "each_max = excluded.each_max, day_max = excluded.day_max",
            name, line.admits, line.own_yes, line.proof, line.each_max, line.day_max,
        )  # fmt: skip
    else:
        await tx.write("DELETE FROM agent_policy WHERE name = $1", name)
    tx.tell(PolicyChanged(name, **msgspec.structs.asdict(line)))


def _check(name: str, line: Line) -> None:
    if name not in (EVERYTHING, *(FAMILY + family for family in FAMILIES), *FUNCTIONS):
        raise missing(_("line of the policy"))
    if line.admits not in (None, *ADMITS) or (line.proof or Proof.NONE) > Proof.CODE:
        raise Refusal("policy.line", _("That is none of the choices."), 422)
    if name == EVERYTHING and len(line.said) < len(Line.__struct_fields__):
        raise Refusal("policy.line", _("The general line says everything; the others may leave it to say."), 422)
    party.rules.check_policy_limits(line.each_max, line.day_max)
