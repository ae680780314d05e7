"""Belonging to a store: a code by mail, or a line of the company's list; and the list itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from onehall.domains.estore import events, queries, rules, store
from onehall.domains.estore.actions.opening import locked
from onehall.domains.estore.actions.sheets import Rows
from onehall.domains.estore.model import EStore, Listed, Member, Reported
from onehall.kernel.i18n import ZONE, Words, _
from onehall.kernel.identity import tries
from onehall.kernel.identity.codes import ask_mail_code, check_mail_code
from onehall.kernel.ids import home_for
from onehall.kernel.journeys import Held
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx

SENT, SHOWN, PLACE = "estore_mail_sent", "estore_mail_shown", "estore_place"
COLUMNS = ("key", "name", "department", "role", "from", "until")


class _Lasting:
    async def extend(self, house: Store, held: Held, until: datetime) -> Held:
        """This will keep it longer."""
        return Held(held.what, held.ref, held.home, held.token, until)

    async def release(self, tx: Tx, held: Held) -> None:
        """This will do nothing: who has shown that they belong belongs, and a code runs out by itself."""


class MailSent(_Lasting):
    """A code is on its way to a mail address of the company: what = {"address", "store" (its name)}."""

    async def take(self, house: Store, token: str, what: dict[str, Any]) -> Held:
        """This will send a code that counts for this journey alone.

        :raises Refusal: `otp.wait`, 429.
        """
        subject = _("Your code for the store of {store}", store=what["store"])
        until = await ask_mail_code(house, what["address"], f"estore:{token}", subject)
        return Held(SENT, what["address"], home_for(what["address"]), token, until)


class MailShown(_Lasting):
    """The code was right: what = {"address", "code", "sent" (the token of the first)}."""

    async def take(self, house: Store, token: str, what: dict[str, Any]) -> Held:
        """This will use the code up.

        :raises Refusal: `otp.wrong`, 422.
        """
        at = await check_mail_code(house, what["address"], what["code"], f"estore:{what['sent']}")
        return Held(SHOWN, what["address"], home_for(what["address"]), token, at + rules.APPROVAL)


class Place(_Lasting):
    """A place among the members of a store: what = {"store", "party", "person", "name", "proof"}. One key is one member's."""

    async def take(self, house: Store, token: str, what: dict[str, Any]) -> Held:
        """This will write the member, in the store's home; what does not fit the list counts as a try.

        :raises Refusal: `estore.not_listed`, `estore.term`, 422; `estore.key_taken`, 409; `login.locked`, 429.
        """
        if what["proof"] != "mail":
            await tries.count(house, "estore", f"{what['store']}|{what['party']}")
        held = await house.run(what["store"], lambda tx: _join(tx, token, what))
        if what["proof"] != "mail":
            await tries.clear(house, "estore", f"{what['store']}|{what['party']}")
        return held


async def _join(tx: Tx, token: str, what: dict[str, Any]) -> Held:
    found = rules.check_open(await store.shops.find(tx, what["store"]))
    listed = await store.people.listed(tx, found.id, what["person"])
    if what["proof"] != "mail":
        listed = rules.check_listed(listed, what["name"], tx.now)
    member = _member(tx, found, what, listed)
    before = await store.people.by_key(tx, found.id, member.key)
    if before is not None and before.party != member.party:
        raise Refusal("estore.key_taken", _("Somebody else has joined with this already. Ask your company if that was not you."), 409)
    known = await store.people.member(tx, found.id, member.party)
    await store.people.join(tx, member)
    if known is None or known.status != "active":
        tx.tell(events.MemberJoined(found.id, member.id, member.party, member.proof))
    return Held(PLACE, member.id, tx.home, token, tx.now + rules.APPROVAL)


def _member(tx: Tx, found: EStore, what: Mapping[str, Any], listed: Listed | None) -> Member:
    name = listed.name if listed else str(what["name"])
    return Member(
        id=store.people.member_id(found.id, what["party"]), store=found.id, party=what["party"], key=what["person"], name=name,
        department=listed.department if listed else "", role=listed.role if listed else "member", proof=what["proof"], status="active",
        joined=tx.now, until=listed.until if listed else None,
    )  # fmt: skip


async def keep_card(tx: Tx, *, party: str, store_id: str) -> str:
    """This will note in a party's home that it belongs to a store; gives the store.

    :raises Refusal: 404.
    """
    found = rules.check_open(await queries.by_id(tx, store_id))
    await store.people.give_card(tx, party, found)
    return found.id


async def take_list(tx: Tx, id_: str, rows: Rows) -> list[Reported]:
    """This will take over the company's list (key, name, department, role, from, until); tells of each line what became of it.

    A line that does not fit is left out and said; the others are taken. The same list again changes nothing.
    :raises Refusal: 404.
    """
    await locked(tx, id_)
    good: dict[str, Listed] = {}
    report: list[Reported] = []
    for place, row in rows:
        try:
            one = rules.check_row(row, _day(row.get("from", "")), _day(row.get("until", "")))
        except Refusal as refusal:
            report.append(Reported(place, row.get("key", ""), False, refusal.reason))
            continue
        words: Words = _("Named twice; this line counts.") if one.key in good else _("On the list.")
        good[one.key] = one
        report.append(Reported(place, one.key, True, words))
    if good:
        await store.people.enlist(tx, id_, list(good.values()))
        tx.tell(events.RosterTaken(id_, len(good)))
    return report


async def set_role(tx: Tx, id_: str, member: str, role: str) -> Member:
    """This will let a member decide for the store, or no more.

    :raises Refusal: 404.
    """
    found = await store.people.set_member(tx, id_, member, role="approver" if role == "approver" else "member")
    if found is None:
        raise missing(_("member"))
    tx.tell(events.StoreChanged(id_, "approvers"))
    return found


async def end_member(tx: Tx, id_: str, member: str) -> Member:
    """This will end a membership; what was sold stays.

    :raises Refusal: 404.
    """
    found = await store.people.set_member(tx, id_, member, status="ended")
    if found is None:
        raise missing(_("member"))
    tx.tell(events.StoreChanged(id_, "members"))
    return found


def _day(text: str) -> datetime | None:
    """A day of the list begins at midnight of the operator's zone."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZONE)
    except ValueError as error:
        raise Refusal("estore.row", _("A day is written like 2026-09-01."), 422) from error
