"""The terms of an offering over time: written whenever something that they are read from has changed."""

from datetime import datetime

import msgspec

from onehall.domains.catalogue import rules
from onehall.domains.catalogue.events import TermsChanged
from onehall.domains.catalogue.model import (
    Doc,
    Offering,
    Terms,
    category_refs,
    period_of,
    price_refs,
    read_offering,
    read_price,
    specification_ref,
)  # fmt: skip
from onehall.domains.catalogue.store import rows
from onehall.kernel.store import Tx

Spans = list[tuple[datetime, datetime | None, Offering]]


async def retime(tx: Tx, id_: str, doc: Doc) -> None:
    """This will bring the terms of an offering up to date: what stood stands for those who hold it, the new begins now.

    An offering that is new takes its prices' past along, so that yesterday's price can be asked for.
    """
    await rows.bump(tx)
    stood = await rows.terms_of(tx, id_)
    spans = await _spans(tx, id_, doc, new=not stood)
    await rows.set_kind(tx, id_, _face_at(spans, tx.now).kind)
    open_ = [one for one in stood if (one.until is None or one.until > tx.now) and one.since != one.until]
    for terms in open_:
        match = next((span for span in spans if _same(terms, span, tx.now)), None)
        if match is None:
            await _end(tx, terms)
            continue
        spans.remove(match)
        await _keep(tx, terms, match)
    for since, until, face in spans:
        await _begin(tx, stood, since, until, face)


async def end_all(tx: Tx, id_: str) -> None:
    """This will end the terms of an offering that is no more; those who hold them keep them."""
    await rows.bump(tx)
    for terms in await rows.terms_of(tx, id_):
        if terms.until is None or terms.until > tx.now:
            await _end(tx, terms)


async def retime_all(tx: Tx, docs: dict[str, Doc]) -> None:
    """This will bring several offerings up to date."""
    for id_, doc in docs.items():
        await retime(tx, id_, doc)


async def _spans(tx: Tx, id_: str, doc: Doc, *, new: bool) -> Spans:
    prices = await rows.prices(tx, price_refs(doc), id_)
    prices = {price: body for price, body in prices.items() if price in price_refs(doc)}
    spec = specification_ref(doc)
    specification = await rows.specification(tx, spec) if spec else None
    groups = await rows.categories(tx, category_refs(doc))
    edges = {edge for price in prices.values() for edge in period_of(price) if edge and (new or edge > tx.now)}
    moments = sorted(edges | ({tx.now} if not new or not edges or min(edges) > tx.now else set()))
    unreadable = any(not read_price(price, body).kind for price, body in prices.items()) or len(prices) < len(set(price_refs(doc)))
    found: Spans = []
    for place, moment in enumerate(moments):
        face = read_offering(id_, doc, prices, moment, specification, groups)
        gaps = rules.sale_gaps(face, specification_missing=bool(spec) and specification is None, price_unreadable=unreadable)
        face = msgspec.structs.replace(face, gaps=gaps)
        until = moments[place + 1] if place + 1 < len(moments) else None
        if found and not rules.terms_differ(found[-1][2], face) and found[-1][2].gaps == gaps:
            found[-1] = (found[-1][0], until, found[-1][2])
        else:
            found.append((moment, until, face))
    return found


def _same(terms: Terms, span: tuple[datetime, datetime | None, Offering], now: datetime) -> bool:
    since, _until, face = span
    both_now = terms.since <= now and since <= now
    return (both_now or terms.since == since) and not rules.terms_differ(terms.face, face)


async def _keep(tx: Tx, terms: Terms, span: tuple[datetime, datetime | None, Offering]) -> None:
    face = msgspec.structs.replace(span[2], price_id=terms.id, version=terms.face.version)
    if (face, span[1]) != (terms.face, terms.until):
        await rows.set_terms(tx, msgspec.structs.replace(terms, until=span[1], face=face))


async def _end(tx: Tx, terms: Terms) -> None:
    await rows.set_terms(tx, msgspec.structs.replace(terms, until=max(tx.now, terms.since)))


async def _begin(tx: Tx, stood: list[Terms], since: datetime, until: datetime | None, face: Offering) -> None:
    price = face.price_id or f"{face.id}~unpriced"
    id_ = await rows.name_terms(tx, price)
    version = len(stood) + 1
    before = stood[-1].face if stood else None
    terms = Terms(id_, face.id, price, since, until, msgspec.structs.replace(face, price_id=id_ if face.priced else "", version=version))
    await rows.add_terms(tx, terms)
    stood.append(terms)
    if before and before.priced:
        amount = face.fee or face.once
        tx.tell(TermsChanged(face.id, id_, before.price_id, amount.minor, amount.currency))


def _face_at(spans: Spans, at: datetime) -> Offering:
    return next((face for since, _until, face in reversed(spans) if since <= at), spans[0][2])
