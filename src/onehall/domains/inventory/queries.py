"""Questions about numbers, SIMs and lines; they change nothing."""

import random
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from onehall.domains import party as parties
from onehall.domains.inventory import rules
from onehall.domains.inventory.model import Line, Number, NumberOffer, Pack, Pattern, Replacement, Sim, Terms
from onehall.domains.inventory.store import lines, numbers, search, services, sims
from onehall.kernel.i18n import Text, _
from onehall.kernel.ids import home_for, is_id
from onehall.kernel.journeys import Item, Option, item
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

_luck = random.SystemRandom()


async def search_numbers(
    tx: Tx, wanted: str, limit: int = rules.SEARCH_MAX, unit: str | None = None, pool: str | None = None
) -> list[NumberOffer]:
    """This will find numbers by words ("ends 88, no 4"), another batch at each call; those of a private `pool`, or of the open stock.

    One statement.
    :raises Refusal: `number.words`, 422, the words are not understood.
    """
    asked = replace(rules.wanted(wanted, unit), pool=pool)
    return await search.search(tx, asked, max(1, min(limit, rules.SEARCH_MAX)), random.Random(_luck.random()))


async def number_offer(tx: Tx, number: str, pool: str | None = None) -> NumberOffer | None:
    """This will give one number that can be had now, with its terms. One statement."""
    return await search.one(tx, number, home_for(number), tx.now, pool)


async def number_options(tx: Tx, words: str, unit: str | None = None, pool: str | None = None) -> Sequence[Option]:
    """This will give the numbers to choose of, as a question shows them. One statement."""
    return [number_option(offer) for offer in await search_numbers(tx, words, unit=unit, pool=pool)]


async def pool_counts(tx: Tx, pool: str) -> dict[str, int]:
    """This will count the numbers of a private pool by their state. One statement."""
    return await numbers.pool_counts(tx, pool)


async def number_among(tx: Tx, number: str, *tokens: str, pool: str | None = None) -> Option | None:
    """This will give one number as an option if it can be had; for `choose(..., find=...)`.

    With tokens of holds, a number that is held by one of them counts as well: a hold may just pass from one to another.
    """
    bare = "".join(sign for sign in number if sign.isdigit())
    offer = await number_offer(tx, bare, pool)
    if offer is None and tokens:
        offer = await _held_by(tx, bare, tokens)
    return number_option(offer) if offer else None


async def find_number(tx: Tx, number: str) -> Number | None:
    """This will give a number as it stands in stock, or None. One statement."""
    return await numbers.find(tx, number)


async def terms_of(tx: Tx, number: str) -> Terms:
    """This will say what a number costs and binds.

    :raises Refusal: `not.found`, 404, when it is not ours.
    """
    found = await numbers.find(tx, number)
    if found is None:
        raise missing(_("number"))
    return await terms_of_tier(tx, found.tier)


async def terms_of_tier(tx: Tx, level: int) -> Terms:
    """This will say what a tier costs and binds now; 0, and one that is no more, is ordinary."""
    return next((one for one in await numbers.terms(tx) if one.level == level), Terms())


async def tiers(tx: Tx) -> list[Terms]:
    """This will give what each tier costs and binds now, the finest first. One statement."""
    return await numbers.terms(tx)


async def patterns(tx: Tx) -> list[Pattern]:
    """This will give the shapes that make a number nice now. One statement."""
    return await numbers.patterns(tx)


async def line(tx: Tx, id_: str) -> Line:
    """This will give a line. One statement.

    :raises Refusal: `not.found`, 404.
    """
    found = await find_line(tx, id_)
    if found is None:
        raise missing(_("line"))
    return found


async def find_line(tx: Tx, id_: str) -> Line | None:
    """This will give a line, or None. One statement."""
    return await lines.line(tx, id_) if is_id(id_) else None


async def find_pack(tx: Tx, id_: str) -> Pack | None:
    """This will give a pack, or None. One statement."""
    return await lines.pack(tx, id_) if is_id(id_) else None


async def numbers_and_plans(tx: Tx, parties: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """This will give the numbers of the active lines of parties of this home, each with its plan, the oldest first. One statement."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in await lines.numbers_and_plans(tx, parties):
        found.setdefault(row["party"], []).append((row["number"], row["offering"]))
    return found


async def lines_of(tx: Tx, party: str, ended: bool = False) -> list[Line]:
    """This will give the lines of a party, oldest first; those that have ended too if asked. One statement."""
    return await lines.lines_of(tx, party, ended)


async def line_of_number(tx: Tx, number: str) -> Line | None:
    """This will find the live line of a number, wherever it lives. One statement."""
    return await lines.line_of_number(tx, number)


async def lines_under_name(tx: Tx, party: str) -> list[Line]:
    """This will give every line under a person's name: the party's own, and those of parties that showed the same document."""
    one = await parties.queries.party(tx, party)
    same = await parties.queries.parties_of(tx, one.document_hash) if one.document_hash else []
    return await lines.lines_of_all(tx, [party, *same])


async def pack(tx: Tx, id_: str) -> Pack:
    """This will give a pack. One statement.

    :raises Refusal: `not.found`, 404.
    """
    found = await find_pack(tx, id_)
    if found is None:
        raise missing(_("pack"))
    return found


async def packs_of(tx: Tx, line: Line) -> list[Pack]:
    """This will give the live packs of a line. One statement."""
    return await lines.packs_of(tx, line.id)


async def sim(tx: Tx, iccid: str) -> Sim | None:
    """This will give a SIM as it stands, or None. One statement."""
    return await sims.find(tx, iccid)


async def cards_lying(tx: Tx, unit: str | None, most: int) -> int:
    """This will count the SIM cards that lie on a unit's shelf (None: the central one), up to `most`; for work in the background."""
    return len(await sims.pick(tx, "plastic", unit, "", most))


async def puk(tx: Tx, line: Line) -> str:
    """This will give the PUK of a line's SIM. One statement.

    :raises Refusal: `sim.no_puk`, 404.
    """
    found = await sims.puk(tx, line.iccid) if line.iccid else None
    if found is None:
        raise missing(_("PUK"))
    return found


async def replacements(tx: Tx, line: Line) -> tuple[int, bool]:
    """This will count a line's SIM replacements of this month, and tell whether one is under way. One statement."""
    return await services.replacements(tx, line.id, rules.month_start(tx.now))


async def replacement(tx: Tx, id_: str) -> Replacement:
    """This will give a replacement, and keep others from changing it.

    :raises Refusal: `not.found`, 404.
    """
    found = await services.replacement(tx, id_) if is_id(id_) else None
    if found is None:
        raise missing(_("replacement"))
    return found


async def port_code_expires(tx: Tx, line: Line, code: str) -> datetime | None:
    """This will tell until when a port-out code of a line counts; None when it never did."""
    return await services.port_code_expires(tx, line.id, code)


def number_option(offer: NumberOffer) -> Option:
    """This will show a number as one thing to choose."""
    facts: list[Item] = []
    if offer.tier:
        facts = [
            item(_("Prepaid"), offer.prepay),
            item(_("Least spend a month"), offer.min_spend),
            item(_("Binds for"), _("{months} months", months=offer.lock_months)),
        ]
    holds = {
        "number": offer.number, "tier": offer.tier, "prepay": {"minor": offer.prepay.minor, "currency": offer.prepay.currency},
        "min_spend": {"minor": offer.min_spend.minor, "currency": offer.min_spend.currency}, "lock_months": offer.lock_months,
    }  # fmt: skip
    badge = _("Tier {level}", level=offer.tier) if offer.tier else ""
    price = offer.prepay if offer.prepay else None
    return Option(offer.number, offer.number, note=terms_in_words(offer), price=price, badge=badge, facts=facts, holds=holds)


def terms_in_words(offer: NumberOffer | Terms) -> Text:
    """This will say in one line what a number costs and binds."""
    level = offer.tier if isinstance(offer, NumberOffer) else offer.level
    if not level:
        return _("Ordinary number: nothing to prepay, nothing to bind you.")
    return _(
        "Prepay {prepay}, spend {spend} a month at least, for {months} months.",
        prepay=offer.prepay, spend=offer.min_spend, months=offer.lock_months,
    )  # fmt: skip


async def _held_by(tx: Tx, number: str, tokens: Sequence[str]) -> NumberOffer | None:
    found = await numbers.find(tx, number)
    if found is None or found.state != "held" or found.token not in tokens:
        return None
    terms = await terms_of_tier(tx, found.tier)
    return NumberOffer(number, found.tier, terms.prepay, terms.min_spend, terms.lock_months, found.unit, found.city)
