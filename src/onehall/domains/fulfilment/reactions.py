"""What fulfilment does on hearing the others."""

from onehall.domains import party
from onehall.domains.fulfilment import actions
from onehall.domains.inventory import LineRestored, LineSuspended, LineTerminated, NumberChanged, OfferingChanged, SimReplacementAsked
from onehall.domains.order import OrderCancelAsked, OrderPlaced
from onehall.kernel.events import on
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for
from onehall.kernel.store import Tx


@on(OrderPlaced)
async def begin(tx: Tx, fact: OrderPlaced) -> None:
    """This will plan an order that was placed, and begin."""
    await actions.begin(tx, fact.order, fact.kind, fact.sent)


@on(OrderCancelAsked)
async def stop(tx: Tx, fact: OrderCancelAsked) -> None:
    """This will take back what was done of an order."""
    await actions.undo(tx, fact.order, _("It was cancelled at your wish."))


@on(LineSuspended)
async def bar(tx: Tx, fact: LineSuspended) -> None:
    """This will bar a suspended line in the network."""
    _tell_network(tx, fact.line)


@on(LineRestored)
async def unbar(tx: Tx, fact: LineRestored) -> None:
    """This will let a restored line work again."""
    _tell_network(tx, fact.line)


@on(LineTerminated)
async def switch_off(tx: Tx, fact: LineTerminated) -> None:
    """This will switch an ended line off."""
    _tell_network(tx, fact.line)


@on(LineTerminated)
async def give_place_back(tx: Tx, fact: LineTerminated) -> None:
    """This will give its holder's place back when a line has ended: one who closed a line may have another."""
    document = (await party.queries.party(tx, fact.party)).document_hash
    if document:
        tx.later("party.free_slot", {"document": document, "line": fact.line}, works_in=home_for(document))


@on(OfferingChanged)
async def provision(tx: Tx, fact: OfferingChanged) -> None:
    """This will tell the network of a line's new plan."""
    _tell_network(tx, fact.line)


@on(NumberChanged)
async def renumber(tx: Tx, fact: NumberChanged) -> None:
    """This will have the network know a line by its new number."""
    tx.later("network.renumber", {"line": fact.line, "before": fact.before}, lane=f"network|{fact.line}")


@on(SimReplacementAsked)
async def replace_sim(tx: Tx, fact: SimReplacementAsked) -> None:
    """This will have another SIM written for a line."""
    tx.later("fulfilment.replace_sim", {"replacement": fact.replacement, "line": fact.line, "kind": fact.kind, "iccid": fact.iccid})


def _tell_network(tx: Tx, line: str) -> None:
    tx.later("network.set", {"line": line}, lane=f"network|{line}")
