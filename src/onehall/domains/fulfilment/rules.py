"""The decisions of fulfilment."""

from onehall.domains.fulfilment.model import Plan, Step

SIM_WRITES_MAX = 3
FIXING = frozenset({"activate"})
UNDOABLE = frozenset({"create_line", "allocate", "keep_slot", "write_sim", "activate"})
PLANS = {
    "line.open": """
        create_line :
        allocate    : create_line
        keep_slot   : create_line
        write_sim   : allocate keep_slot
        activate    : write_sim
        settle      : activate
        welcome     : settle
    """,
    "line.close": """
        close_line  :
        deactivate  : close_line
    """,
    "plan.change": """
        change_plan :
        provision   : change_plan
    """,
    "pack.add": """
        add_pack    :
        provision   : add_pack
    """,
    "pack.drop": """
        drop_pack   :
        provision   : drop_pack
    """,
}


def steps_of(kind: str) -> list[tuple[str, tuple[str, ...]]]:
    """An order of a kind is done by these steps; a step begins when all that it needs is done."""
    lines = [line.partition(":") for line in PLANS[kind].splitlines() if line.strip()]
    return [(name.strip(), tuple(needs.split())) for name, _colon, needs in lines]


def ready(plan: Plan) -> list[Step]:
    """A waiting step may begin when every step it needs is done and the plan is not being undone."""
    done = {step.name for step in plan.steps if step.state == "done"}
    return [step for step in plan.steps if step.state == "waiting" and done.issuperset(step.needs)] if plan.state == "running" else []


def next_to_undo(plan: Plan) -> Step | None:
    """What was done is taken back one by one, the latest first, when nothing of the plan is running any more."""
    if any(step.state in ("running", "undoing") for step in plan.steps):
        return None
    done = [step for step in plan.steps if step.state == "done"]
    return max(done, key=lambda step: step.place, default=None)


def is_done(plan: Plan) -> bool:
    """A plan is done when all of its steps are."""
    return all(step.state == "done" for step in plan.steps)
