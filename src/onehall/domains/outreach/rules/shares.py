"""How the credit of an order is split between where it began and who finished it. Published beside the rule of scans."""

from onehall.domains.outreach.model import Credit, Share

BEGAN_PERCENT, FINISHED_PERCENT = 60, 40
BY_HAND = frozenset({"DESK", "HOTLINE", "AIR"})


def shares(credit: Credit) -> tuple[Share, ...]:
    """Sixty per cent of an order's credit go to where it began, forty to the staff who finished it; where both are one, it has all."""
    began = _began(credit)
    if credit.assisted is None or credit.assisted == began.who:
        return (began,)
    if credit.code is None and credit.access in BY_HAND:
        return (Share("staff", credit.assisted, 100),)
    return (Share(began.kind, began.who, BEGAN_PERCENT), Share("staff", credit.assisted, FINISHED_PERCENT))


def _began(credit: Credit) -> Share:
    """What began an order: a scanned code's clerk, else its store, else its campaign; without a scan the way in itself."""
    owner = credit.owner if credit.code else None
    for kind in ("staff", "unit", "campaign"):
        if owner is not None and (who := getattr(owner, kind)):
            return Share(kind, who, 100)
    return Share("access", credit.access, 100)
