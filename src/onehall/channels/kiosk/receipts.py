"""What is printed for a deposit, in the language of whoever put the money in."""

from onehall.channels.kiosk.deposits import Deposit
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.money import Money


def lines(deposit: Deposit, copy: bool = False) -> list[tuple[Text, object]]:
    """This will give a receipt as labelled values."""
    found: list[tuple[Text, object]] = [(_("Receipt number"), deposit.id), (_("When"), deposit.at)]
    if deposit.wish.number:
        found.append((_("Number"), deposit.wish.number))
    found += [(_("Notes put in"), Money(deposit.stacked)), (_("Change"), Money(deposit.change or max(deposit.excess, 0)))]
    if deposit.payment:
        found.append((_("Number of the payment"), deposit.payment))
    found.append((_("State"), state(deposit)))
    return [*found, (_("Copy"), _("Yes"))] if copy else found


def state(deposit: Deposit) -> Text:
    """This will say what became of the money."""
    if deposit.why:
        return _("Not used: {why} A counter hands the money back for this receipt.", why=deposit.why)
    match deposit.step:
        case "begun" | "escrow" | "returning":
            return _("Not kept yet.")
        case "returned":
            return _("The notes were given back.")
        case "stacking" | "stacked" | "waiting":
            return _("Kept. It will be credited as soon as the line is back.")
    return _("Paid.")


def text(deposit: Deposit, copy: bool = False) -> str:
    """This will write a receipt for the printer."""
    language = deposit.wish.language
    return "\n".join(f"{show(label, language)}: {show(value, language)}" for label, value in lines(deposit, copy))
