"""The plan of an order: its steps, which may begin, which are taken back or done again."""

from onehall.domains.fulfilment.model import Plan, Step

SIM_WRITES_MAX = 3
SENT = "line.open.sent"
CENTRE = ("audit", "pick", "write_card", "check_card", "pack", "ship")
ROAD = ("carry", "hand_over")
BY_HAND = frozenset({*CENTRE, *ROAD})
"""Steps that a person does: a packer in the centre, a courier on the road."""
NEWS = ("shipped", "arrived")
"""What the journey of a buyer is told of a card on its way, under these keys."""
FIXING = frozenset({"activate"})
UNDOABLE = frozenset({"create_line", "allocate", "keep_slot", "write_sim", "pick", "write_card", "activate"})
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
    SENT: """
        create_line :
        allocate    : create_line
        keep_slot   : create_line
        audit       : allocate keep_slot
        pick        : audit
        write_card  : pick
        check_card  : write_card
        pack        : check_card
        ship        : pack
        carry       : ship
        hand_over   : carry
        activate    : hand_over
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


def plan_of(kind: str, sent: bool) -> str:
    """A new line whose card is sent goes through the fulfilment centre and is activated at the door; all else is done at once."""
    return SENT if sent and kind == "line.open" else kind


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


def again_from(plan: Plan, name: str, to: str) -> list[Step]:
    """An order that is sent back from one node to an earlier one does again all from there on."""
    back, here = plan.step(to), plan.step(name)
    return [step for step in plan.steps if back and here and back.place <= step.place <= here.place]


def droppable(plan: Plan) -> list[Step]:
    """When an order is taken back, what has not begun and what a person was still waited for is dropped."""
    return [step for step in plan.steps if step.state == "waiting" or (step.state == "running" and step.name in BY_HAND)]
