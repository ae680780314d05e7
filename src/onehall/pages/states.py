"""The states of journeys, orders, lines, plans and steps, as chips: words and a tone."""

from typing import Final, NamedTuple

from onehall.kernel.i18n import Text, _


class Chip(NamedTuple):
    """Words for a state; `tone`: good, warn, bad or nothing."""

    text: Text
    tone: str = ""


STATES: Final[dict[str, Chip]] = {
    "asking": Chip(_("Under way"), "warn"), "waiting": Chip(_("Waiting"), "warn"), "done": Chip(_("Done"), "good"),
    "refused": Chip(_("Refused"), "bad"), "expired": Chip(_("Expired"), "bad"), "cancelled": Chip(_("Cancelled")),
    "moved": Chip(_("Moved")),
    "acknowledged": Chip(_("Accepted"), "warn"), "inProgress": Chip(_("In progress"), "warn"), "held": Chip(_("On hold"), "warn"),
    "completed": Chip(_("Completed"), "good"), "failed": Chip(_("Failed"), "bad"), "rejected": Chip(_("Rejected"), "bad"),
    "pendingCancellation": Chip(_("Being cancelled"), "warn"), "created": Chip(_("Being set up"), "warn"),
    "pendingActive": Chip(_("Being set up"), "warn"), "active": Chip(_("Active"), "good"), "suspended": Chip(_("Suspended"), "bad"),
    "pendingTerminate": Chip(_("Ending"), "warn"), "terminated": Chip(_("Ended")), "aborted": Chip(_("Cancelled")),
    "running": Chip(_("Running"), "warn"), "undoing": Chip(_("Being taken back"), "warn"), "undone": Chip(_("Taken back"), "bad"),
    "dropped": Chip(_("Dropped")), "gone": Chip(_("Gone")), "barred": Chip(_("Barred"), "bad"), "open": Chip(_("Open"), "warn"),
    "paid": Chip(_("Paid"), "good"), "closed": Chip(_("Closed")),
}  # fmt: skip


def chip(state: str) -> Chip:
    """This will give the chip of a state; one without words is shown as it is written."""
    return STATES.get(state) or Chip(_("{state}", state=state))


STEPS: Final[dict[str, Text]] = {
    "create_line": _("Create the line"), "allocate": _("Take the number"), "keep_slot": _("Keep a place of five"),
    "write_sim": _("Write the SIM"), "activate": _("Activate in the network"), "settle": _("Settle the money"),
    "welcome": _("Welcome message"), "close_line": _("Close the line"), "deactivate": _("Deactivate in the network"),
    "change_plan": _("Change the plan"), "provision": _("Set it in the network"), "add_pack": _("Add the pack"),
    "drop_pack": _("Drop the pack"),
    "audit": _("Audit"), "pick": _("Pick a card"), "write_card": _("Write the card"), "check_card": _("Quality check"),
    "pack": _("Packing"), "ship": _("Hand to the courier"), "carry": _("On the road"), "hand_over": _("Hand over at the door"),
}  # fmt: skip
