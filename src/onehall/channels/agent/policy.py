"""What programs may do here, as the table says: which functions, how far, and what the house lets them agree to by themselves."""

import msgspec

from onehall.kernel.functions import Function, Proof
from onehall.kernel.store import Store

EVERYTHING = "*"


class Rule(msgspec.Struct, frozen=True):
    """What holds for one function. `admits`: yes, person (begun, then handed to the person), no; limits in minor units."""

    admits: str = "no"
    own_yes: bool = False
    proof: Proof = Proof.NONE
    each_max: int = 0
    day_max: int = 0


class Policy:
    """The lines of the table at one moment. With no line at all nothing is admitted."""

    def __init__(self, lines: dict[str, dict[str, object]]) -> None:
        self.lines = lines

    def of(self, function: Function) -> Rule:
        """This will give the rule of a function: each column from the most particular line that fills it.

        What needs more proof than a program may have, or asks for what nobody may read, always goes to the person.
        """
        found: dict[str, object] = {}
        for name in (EVERYTHING, f"family:{function.family}", function.name):
            found |= {column: value for column, value in self.lines.get(name, {}).items() if value is not None}
        rule = msgspec.convert(found, Rule)
        beyond = function.proof > min(rule.proof, Proof.CODE) or function.secret
        return msgspec.structs.replace(rule, admits="person") if beyond and rule.admits == "yes" else rule


async def read(store: Store) -> Policy:
    """This will read the policy as it is now. One statement on a table of a few lines."""
    async with store.edge(0) as tx:
        rows = await tx.read("SELECT name, admits, own_yes, proof, each_max, day_max FROM agent_policy")
    return Policy({row["name"]: {name: value for name, value in dict(row).items() if name != "name"} for row in rows})
