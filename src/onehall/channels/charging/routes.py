"""`POST /api/charging/{debit,reserve,commit,release}`: parsed, checked for scope, done together with others of the same home."""

import time
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final
from weakref import WeakKeyDictionary

import msgspec
from litestar import Request, Response, post
from msgspec.structs import replace

from onehall.domains import billing
from onehall.domains.billing import Debited, Reservation, Use, Wanted
from onehall.kernel.events import Origin
from onehall.kernel.i18n import _
from onehall.kernel.identity.scope import check_scope
from onehall.kernel.identity.who import Who
from onehall.kernel.ids import home_of, is_id
from onehall.kernel.refusals import Refusal, forbidden, missing
from onehall.kernel.resources import bodies
from onehall.kernel.store import Store, Together, Tx

AnyRequest = Request[Any, Any, Any]
WRITE: Final = "tmf:write"
KNOWN_SECONDS: Final = 1.0
KNOWN_MAX: Final = 50_000
ORIGIN: Final = Origin(channel="charging")
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Amount = Annotated[Decimal, msgspec.Meta()]


class DebitAsked(msgspec.Struct, frozen=True):
    """A use that happens now: `key` names it for ever; `amount` in MB, minutes or messages."""

    key: Name
    number: Name
    kind: Name
    amount: Amount
    at: datetime | None = None
    peer: Name | None = None
    zone: Name | None = None


class ReserveAsked(msgspec.Struct, frozen=True):
    """Units for a call that begins, for so many seconds."""

    key: Name
    number: Name
    kind: Name
    amount: Amount
    seconds: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 600
    peer: Name | None = None
    zone: Name | None = None


class CommitAsked(msgspec.Struct, frozen=True):
    """What a call has used in the end; nothing when it was never answered."""

    reservation: Name
    amount: Amount
    at: datetime | None = None


class ReleaseAsked(msgspec.Struct, frozen=True):
    """A call that does not happen."""

    reservation: Name


class Fronts:
    """The two queues of a house: where numbers pay, and what is charged."""

    def __init__(self, store: Store) -> None:
        self.routes: Together[str, str | None] = Together(store, _routes)
        self.debits: Together[Use, Debited] = Together(store, billing.actions.debit, origin=ORIGIN)
        self._known: dict[str, tuple[float, str]] = {}

    async def payer(self, number: str, *, fresh: bool = False) -> str | None:
        """This will name the account that pays for a number, as it was at most a second ago."""
        now = time.monotonic()
        since, account = self._known.get(number, (0.0, ""))
        if account and not fresh and now - since < KNOWN_SECONDS:
            return account
        found = await self.routes.do(0, number)
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        if found:
            self._known[number] = (now, found)
        return found

    async def debit(self, use: Use) -> Debited:
        """This will charge a use; one that its payer's plan does not know may have another payer since."""
        try:
            return await self.debits.do(home_of(use.account or ""), use)
        except Refusal as no:
            account = await self.payer(use.number, fresh=True) if no.code == "use.unknown" else None
            if account in (None, use.account):
                raise
            return await self.debits.do(home_of(account or ""), replace(use, account=account))


_fronts: WeakKeyDictionary[Store, Fronts] = WeakKeyDictionary()


def fronts(store: Store) -> Fronts:
    """This will give the queues of a house, made at the first use."""
    found = _fronts.get(store)
    if found is None:
        found = _fronts[store] = Fronts(store)
    return found


@post("/api/charging/debit", status_code=200, opt={"forms": "free", "owner": True})
async def debit(request: AnyRequest) -> Response[bytes]:
    """This will charge a use at once, or refuse it with 402; the same key is charged once and answered alike."""
    source = _partner(request)
    asked = await _asked(request, DebitAsked)
    billing.rules.charging.check_wanted(asked.kind, asked.amount)
    store: Store = request.app.state.store
    account = await _payer(store, asked.number)
    use = Use(
        source=source, record=asked.key, number=asked.number, kind=asked.kind, amount=asked.amount, at=_at(store, asked.at),
        peer=asked.peer, zone=asked.zone, account=account,
    )  # fmt: skip
    return _print(_debited(await fronts(store).debit(use)))


@post("/api/charging/reserve", status_code=200, opt={"forms": "free", "owner": True})
async def reserve(request: AnyRequest) -> Response[bytes]:
    """This will set units aside for a call, and money for what no bucket covers; the same key is set aside once."""
    source = _partner(request)
    asked = await _asked(request, ReserveAsked)
    store: Store = request.app.state.store
    account = await _payer(store, asked.number)
    wanted = Wanted(
        key=asked.key, number=asked.number, kind=asked.kind, amount=asked.amount, seconds=asked.seconds, source=source, peer=asked.peer,
        zone=asked.zone,
    )  # fmt: skip
    made = await store.run(account, lambda tx: billing.actions.reserve_units(tx, account, wanted), ORIGIN)
    return _print(_reserved(made))


@post("/api/charging/commit", status_code=200, opt={"forms": "free", "owner": True})
async def commit(request: AnyRequest) -> Response[bytes]:
    """This will charge what a call has used and free the rest, also when its time was over; done twice, it is charged once."""
    _partner(request)
    asked = await _asked(request, CommitAsked)
    held, outcome = await _run(
        request, asked.reservation, lambda tx: billing.actions.commit_units(tx, asked.reservation, asked.amount, asked.at)
    )
    charged = outcome.charged if outcome else None
    money = charged.minor if charged else 0
    return _print({"reservation": held.id, "state": outcome.state if outcome else "free", "money": _money(money, held.currency)})


@post("/api/charging/release", status_code=200, opt={"forms": "free", "owner": True})
async def release(request: AnyRequest) -> Response[bytes]:
    """This will free what was set aside for a call that does not happen."""
    _partner(request)
    asked = await _asked(request, ReleaseAsked)
    freed = await _run(request, asked.reservation, lambda tx: billing.actions.release_units(tx, asked.reservation))
    return _print({"reservation": asked.reservation, "released": freed})


async def _routes(tx: Tx, numbers: Sequence[str]) -> list[str | None]:
    found = await billing.queries.payers(tx, sorted(set(numbers)))
    return [found.get(number) for number in numbers]


async def _payer(store: Store, number: str) -> str:
    account = await fronts(store).payer(number)
    if account is None:
        raise missing(_("number"))
    return account


async def _run(request: AnyRequest, reservation: str, work: Any) -> Any:
    if not is_id(reservation):
        raise missing(_("reservation"))
    store: Store = request.app.state.store
    return await store.run(reservation, work, ORIGIN)


async def _asked(request: AnyRequest, kind: Any) -> Any:
    try:
        asked = msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refusal("body.json", _("The body is not JSON that we can read."), 400, message=str(error)) from error
    bodies.check_keepable(msgspec.structs.asdict(asked))
    return asked


def _partner(request: AnyRequest) -> str:
    who: Who = request.state.who
    check_scope(who, WRITE)
    if who.partner is None:
        raise forbidden()
    return f"partner:{who.partner}"


def _at(store: Store, said: datetime | None) -> datetime:
    now = store.clock.now()
    if said is None:
        return now
    if said.tzinfo is None or said > now:
        raise Refusal("use.at", _("A use is charged when it happens, or later; its time names its zone."), 422)
    return said


def _debited(one: Debited) -> dict[str, Any]:
    left = None if one.left_money is None else _money(one.left_money.minor, one.left_money.currency)
    return {
        "state": one.state, "units": one.units, "from_buckets": one.from_buckets, "money": _money(one.money.minor, one.money.currency),
        "left_units": one.left_units, "left_money": left,
    }  # fmt: skip


def _reserved(one: Reservation) -> dict[str, Any]:
    return {
        "reservation": one.id, "status": one.status, "granted": one.granted,
        "from_buckets": sum((draw.amount for draw in one.drawn), Decimal(0)), "money": _money(one.minor, one.currency), "until": one.until,
    }  # fmt: skip


def _money(minor: int, currency: str) -> dict[str, Any]:
    return {"minor": minor, "currency": currency}


def _print(body: dict[str, Any]) -> Response[bytes]:
    return Response(msgspec.json.encode(body), media_type="application/json")


routes = [debit, reserve, commit, release]
