"""TMF677 (usage consumption): a question about an account's allowances and use, answered when it is asked, and kept."""

from typing import Any, Final

from onehall.domains.billing import queries, rules, store
from onehall.domains.billing.api.asked import id_of
from onehall.domains.billing.model import Account
from onehall.kernel.i18n import _
from onehall.kernel.identity.scope import can_see
from onehall.kernel.identity.who import Who
from onehall.kernel.ids import home_of, is_id
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Access, Body, Kept, Ref, RelatedParty, Resource
from onehall.kernel.resources.bodies import instant
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx

USAGE: Final = {"data_mb": "data", "voice_min": "voice", "sms": "sms"}
UNITS: Final = {"data_mb": "MB", "voice_min": "minutes", "sms": "messages"}
ACCOUNTS_MAX: Final = 20


class QueryBody(Body):
    """A question: of an account, or of a party's accounts; what is not said is the caller's own."""

    party_account: list[Ref] | None = None
    related_party: list[RelatedParty] | None = None
    search_criteria: dict[str, Any] | None = None
    query_usage_consumption_date: str | None = None


async def ask(tx: Tx, doc: Doc, who: Who) -> str:
    """This will answer a question about consumption and keep it with its answer."""
    accounts = await _accounts(tx, doc, who)
    id_, at = tx.new_id(), instant(tx.now)
    found = [await _consumption(tx, account) for account in accounts[:ACCOUNTS_MAX]]
    kept = {name: value for name, value in doc.items() if name != "usageConsumption"}
    kept |= {"queryUsageConsumptionDate": at, "usageConsumption": found}
    await store.watching.query(tx, id_, accounts[0].party, accounts[0].unit, kept)
    return id_


async def forget(tx: Tx, kept: Kept, who: Who) -> None:
    """This will let a question go with its answer."""
    await store.watching.forget_query(tx, kept.id)


def place(doc: Doc, who: Who) -> str | None:
    """This will name what a question is about, so that it is answered in its home."""
    account, party = _named(doc)
    return account or party or who.party


async def _accounts(tx: Tx, doc: Doc, who: Who) -> list[Account]:
    account, party = _named(doc)
    try:
        found = [await queries.account(tx, account)] if account else await queries.accounts(tx, party or who.party or "")
    except (Refusal, ValueError) as error:
        raise _unknown() from error
    mine = [one for one in found if one.status == "open" and can_see(who, one.party, one.unit) and home_of(one.id) == tx.home]
    if not mine or (party and any(one.party != party for one in mine)):
        raise _unknown()
    return mine


def _named(doc: Doc) -> tuple[str | None, str | None]:
    """The account and the party that a question names, in it or in its criteria."""
    asked = [doc, doc.get("searchCriteria") or {}]
    accounts = [id_of(ref) for part in asked for ref in _list(part.get("partyAccount"))]
    parties = [id_of(ref) for part in asked for ref in _list(part.get("relatedParty"))]
    return next((one for one in accounts if one and is_id(one)), None), next((one for one in parties if one and is_id(one)), None)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


async def _consumption(tx: Tx, account: Account) -> Doc:
    cycle = rules.rating.cycle_start(tx.now, account.cycle_day)
    start, end = rules.bills.midnight(cycle), rules.bills.midnight(rules.bills.next_cycle(cycle))
    period = {"startDateTime": instant(start), "endDateTime": instant(end)}
    months = await queries.charging.used(tx, account.id, cycle)
    summary = [
        {"counterType": "used", "level": "global", "valueName": USAGE.get(kind, kind), "consumptionPeriod": period,
         "value": {"amount": float(amount), "units": UNITS.get(kind, "units")}}
        for kind, amount in months
    ]  # fmt: skip
    number = [{"id": account.number, "name": account.number, "consumptionSummary": summary}] if account.number else []
    said: Doc = {
        "id": account.id, "name": account.number or account.id, "state": "done", "creationDate": instant(tx.now),
        "lastUpdate": instant(tx.now), "partyAccount": [{"id": account.id, "@referredType": "BillingAccount"}], "logicalResource": number,
        "validPeriod": period, "bucketRefOrValue": [_bucket(row) for row in await queries.charging.standing(tx, account.id)],
    }  # fmt: skip
    if account.party:
        said["relatedParty"] = [{"id": account.party, "role": "customer", "@referredType": "Individual"}]
    return said


def _bucket(row: Any) -> Doc:
    units = UNITS.get(row["kind"], "units")
    name = row["name"]
    named = name.get("by_language", {}).get("en") or name.get("id") if isinstance(name, dict) else name
    counters = [
        {"counterType": kind, "level": "global", "valueName": units, "value": {"amount": float(amount), "units": units}}
        for kind, amount in (("used", row["used"]), ("granted", row["total"]))
    ]
    valid = {"startDateTime": instant(row["start"])} | ({"endDateTime": instant(row["until"])} if row["until"] else {})
    left = row["total"] - row["used"] - row["reserved"]
    return {
        "id": row["id"], "name": str(named or row["of"]), "isShared": row["shared"], "status": row["status"],
        "usageType": USAGE.get(row["kind"], "other"), "remainingValue": {"amount": float(left), "units": units},
        "reservedValue": {"amount": float(row["reserved"]), "units": units}, "validFor": valid, "bucketCounter": counters,
    }  # fmt: skip


def _unknown() -> Refusal:
    return Refusal("account.unknown", _("There is no such account here."), 422)


QUERY = Resource(
    api="usageConsumption", name="queryUsageConsumption", table="consumption_query", attributes=QueryBody, create=ask, delete=forget,
    home=place, may_write=Access.OWN, roles=("operations", "admin"),
)  # fmt: skip
RESOURCES: Final = (QUERY,)
