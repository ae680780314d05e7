"""Allowances of an account, found by its number or id: what is used, who shares them, what is set aside for calls in progress."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from onehall.channels.console.billing.words import asked, cash, figure, quantity, service
from onehall.channels.console.room import about
from onehall.domains import billing
from onehall.kernel import ids
from onehall.kernel.i18n import Text, _, show, thaw
from onehall.kernel.identity.scope import can_see
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.pages import Visit
from onehall.pages.states import Chip, chip

ACCOUNTS_MAX = 5
MODES: dict[str, Text] = {"prepaid": _("Paid in advance"), "postpaid": _("Postpaid")}
STATES = {"open": Chip(_("In use"), "good"), "closed": chip("closed")}
SHARES: dict[str, Text] = {
    "invited": _("Invited"),
    "active": _("Shares"),
    "declined": _("Did not join"),
    "left": _("Left"),
    "removed": _("Removed"),
}


async def seen_accounts(visit: Visit, tx: Tx, words: str) -> list[billing.Account]:
    """This will find the accounts of a number, or that of an id, that the reader may see; those of other units are not there."""
    found: list[billing.Account] = []
    for id_ in (await billing.queries.overview.accounts_of(tx, words) or ([words] if ids.is_id(words) else []))[:ACCOUNTS_MAX]:
        try:
            one = await billing.queries.account(tx, id_)
        except Refusal:
            continue
        if can_see(visit.who, None, one.unit):
            found.append(one)
    return found


@get("/allowances")
async def allowances(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show the allowances of the accounts of a number."""
    words = asked(visit, "number")
    rows = []
    async with visit.store.edge(0) as tx:
        for one in await seen_accounts(visit, tx, words) if words else []:
            rows.append(await _account(tx, one, visit.lang))
    return visit.page("billing/allowances.html", number=words, accounts=rows, **await about(visit))


async def _account(tx: Tx, one: billing.Account, lang: str) -> dict[str, Any]:
    ask = billing.queries
    splits = {split.bucket: split for split in await ask.splits(tx, one.id)}
    rows = await ask.overview.buckets(tx, one.id)
    shown = [_bucket(row, splits.get(row["id"]), lang) for row in rows]
    return {
        "id": one.id, "number": one.number or "", "mode": show(MODES[one.mode], lang), "state": STATES.get(one.status),
        "balance": show(one.balance, lang), "standing": [each for each in shown if each["stands"]],
        "ended": [each for each in shown if not each["stands"]],
        "shares": [_share(each, lang) for each in await ask.charging.shares(tx, one.id)],
        "reservations": [_reservation(row, lang) for row in await ask.overview.reservations(tx, one.id)],
    }  # fmt: skip


def _bucket(row: Any, split: Any, lang: str) -> dict[str, Any]:
    kind, total, used, held = row["kind"], row["total"], row["used"], row["reserved"]
    return {
        "id": row["id"], "name": show(thaw(row["name"]), lang), "service": show(service(kind), lang), "stands": row["stands"],
        "state": chip("expired" if not row["stands"] and row["status"] == "active" else row["status"]),
        "used": show(quantity(kind, used), lang), "total": show(quantity(kind, total), lang),
        "left": show(quantity(kind, total - used - held), lang),
        "held": show(quantity(kind, held), lang) if held else "", "share": int((used + held) * 100 / total) if total else 100,
        "start": row["start"], "until": row["until"], "priority": row["priority"], "alerted": row["alerted"],
        "parts": [_part(part, kind, lang) for part in split.parts] if split else [],
    }  # fmt: skip


def _part(part: Any, kind: str, lang: str) -> dict[str, Any]:
    most = part.share.most
    return {
        "number": part.share.number, "own": part.share.own, "used": show(quantity(kind, part.used), lang),
        "most": show(quantity(kind, most), lang) if most is not None else "", "share": int(part.used * 100 / most) if most else None,
    }  # fmt: skip


def _share(one: Any, lang: str) -> dict[str, Any]:
    return {
        "number": one.number, "own": one.own, "name": show(thaw(one.name), lang), "state": show(SHARES.get(one.status, one.status), lang),
        "most": figure(one.most) if one.most is not None else "", "since": one.since,
    }  # fmt: skip


def _reservation(row: Any, lang: str) -> dict[str, Any]:
    kind = row["kind"]
    return {
        "number": row["number"], "service": show(service(kind), lang), "granted": show(quantity(kind, row["granted"]), lang),
        "wanted": show(quantity(kind, row["wanted"]), lang), "money": cash(row["minor"], row["currency"], lang) if row["minor"] else "",
        "zone": row["zone"] or "", "peer": row["peer"] or "", "at": row["at"], "until": row["until"], "source": row["source"],
    }  # fmt: skip


ROUTES = [allowances]
