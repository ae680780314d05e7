"""What a customer can ask of a card that is sent to them."""

from datetime import datetime

from onehall.domains import order as orders
from onehall.domains.fulfilment import queries, rules
from onehall.domains.fulfilment.model import Plan
from onehall.domains.order import Order
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import Words, _
from onehall.kernel.journeys import Item, Journey, Said, item
from onehall.kernel.money import money


@function("card.where", title=_("Where is my card"), family="query", proof=Proof.LINE, words=("CXWL",), asks="prove", cost_by_hand=money(6))
async def where(journey: Journey) -> Said:
    """This will say where the cards are that are sent to a customer, and until when they are to be taken."""
    open_ones = [one for one in await orders.queries.open_orders_of(journey.tx, journey.party) if one.wanted.send_to]
    facts = [fact for one in open_ones for fact in _facts(one, await queries.plan(journey.tx, one.id))]
    if not open_ones:
        return Said(_("No card is on its way to you."), next=("orders.mine",))
    return Said(_("Your card is sent to {address}.", address=open_ones[0].wanted.send_to), facts, ("order.cancel", "orders.mine"))


def _facts(order: Order, plan: Plan | None) -> list[Item]:
    node = next((step for step in plan.steps if step.state == "running" and step.name in rules.BY_HAND), None) if plan else None
    made = plan.results if plan else {}
    stands: Words = _("is being set up")
    if node is not None:
        stands = {"carry": _("is on its way"), "hand_over": _("is at your door")}.get(node.name, _("is being made"))
    facts = [item(_("Card for {number}", number=order.wanted.number), stands, "status")]
    if "tracking" in made:
        facts.append(item(_("Tracking number"), str(made["tracking"])))
    if node is not None and node.name == "hand_over":
        facts.append(item(_("To be taken by"), datetime.fromisoformat(made["until"])))
    return facts
