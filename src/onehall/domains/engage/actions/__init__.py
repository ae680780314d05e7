"""What can be done with campaigns, a file for each use case."""

from onehall.domains.engage.actions.handing_over import deliver
from onehall.domains.engage.actions.moving import end_lane, make, move, note_calls
from onehall.domains.engage.actions.sending import give_up, step, withdraw

__all__ = ["deliver", "end_lane", "give_up", "make", "move", "note_calls", "step", "withdraw"]
