"""The report of reconciliation: days with their sums, and every difference with what became of it. For the console."""

from datetime import date

from msgspec.structs import replace

from onehall.domains.billing import store
from onehall.domains.billing.model import Difference, Reconciliation
from onehall.kernel.i18n import _, thaw
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

DAYS_MAX = 60
DIFFERENCES_MAX = 500


async def reconciliations(tx: Tx, limit: int = DAYS_MAX, since: date | None = None) -> list[Reconciliation]:
    """This will give the latest days, newest first: lines, matched lines, sums of both sides, differences by status."""
    return await store.reconciling.runs(tx, min(limit, DAYS_MAX), since)


async def differences(
    tx: Tx, day: date | None = None, status: str | None = None, limit: int = DIFFERENCES_MAX
) -> list[Difference]:
    """This will give differences, of a day or a status (open, mending, mended, explained, decided) if said, the newest first."""
    found = await store.reconciling.differences(tx, day, status, min(limit, DIFFERENCES_MAX))
    return [replace(one, why=thaw(one.why)) for one in found]


async def difference(tx: Tx, id_: str) -> Difference:
    """This will give a difference by its id.

    :raises Refusal: 404.
    """
    found = await store.reconciling.one(tx, id_)
    if found is None:
        raise missing(_("difference"))
    return replace(found, why=thaw(found.why))
