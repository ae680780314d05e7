"""An allowance shared with other numbers: offered, taken, limited, ended. Everything that is shared lives in the payer's home.

The invitation is shown in the member's home, the route of the number lives in the number's; jobs carry the word between them.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from onehall.domains.billing import events, store
from onehall.domains.billing.actions.waiting import subscribe
from onehall.domains.billing.model import Account, Share, Subscription
from onehall.domains.billing.rules import charging, rating
from onehall.kernel.i18n import Words, _, keep
from onehall.kernel.ids import home_for, home_of, keyed_id
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

STANDS = ["invited", "active"]


async def invite(
    tx: Tx, account: str, of: str, name: Words, number: str, member_account: str, most: int | None, payer: str | None = None
) -> str:
    """This will offer a number a share of what a product grants an account, `most` units of each allowance; gives the share's id.

    Asked again, it changes only the limit.
    :raises Refusal: `share.full`, `share.own`, 409; 404.
    """
    await _locked(tx, account)
    mine = [one for one in await store.sharing.of_accounts(tx, tx.home, [account]) if one.of == of]
    limit = None if most is None else Decimal(most)
    before = next((one for one in mine if one.number == number and not one.own), None)
    if before is not None:
        await store.sharing.set_most(tx, before.id, limit)
        return before.id
    if member_account == account:
        raise Refusal("share.own", _("This number draws from it already."), 409)
    charging.check_members(sum(not one.own for one in mine))
    id_ = keyed_id(tx.home, EPOCH, "share", account, of, number)
    one = Share(id_, account, of, keep(name), number, number, member_account, False, limit, "invited", tx.now)
    await store.sharing.insert(tx, one)
    tx.tell(events.MemberInvited(account, id_, number))
    body = {"share": id_, "account": account, "member": member_account, "number": number, "payer": payer, "name": keep(name), "most": most}
    tx.later("billing.offer_share", body, works_in=home_of(member_account))
    return id_


async def offer_share(tx: Tx, body: dict[str, Any]) -> None:
    """This will show an invitation to its member and tell them by SMS, in the member's home; safe twice."""
    account = await store.accounts.one(tx, body["member"])
    if account is None or account.status != "open" or account.number != body["number"]:
        tx.later("billing.end_share", {"share": body["share"], "how": "declined"}, works_in=home_of(body["share"]))
        return
    until = tx.now + charging.INVITATION
    values = {
        "id": keyed_id(tx.home, EPOCH, "offer", body["share"]), "share": body["share"], "account": body["account"], "party": account.party,
        "line": account.line or body["number"], "number": body["number"], "payer": body["payer"] or "", "name": body["name"],
        "most": None if body["most"] is None else Decimal(body["most"]), "until": until,
    }  # fmt: skip
    if await store.sharing.insert_offer(tx, values):
        text = _("{payer} shares {name} with you and pays for what you use. To accept, send GXJR by {until}.",
                 payer=body["payer"] or "-", name=body["name"], until=until)  # fmt: skip
        tx.later("sms.send", {"to": body["number"], "text": keep(text)})


async def answer_share(tx: Tx, offer: str, yes: bool) -> None:
    """This will take an invitation or decline it, in the member's home; the payer's home hears of it.

    :raises Refusal: `share.over`, 409.
    """
    row = await store.sharing.move_offer(tx, offer, "accepted" if yes else "declined", ["open"])
    if row is None:
        raise Refusal("share.over", _("This offer is over."), 409)
    if yes:
        tx.later("billing.join_share", {"share": row["share"], "line": row["line"]}, works_in=home_of(row["share"]))
    else:
        tx.later("billing.end_share", {"share": row["share"], "how": "declined"}, works_in=home_of(row["share"]))


async def join_share(tx: Tx, share: str, line: str) -> None:
    """This will let a member draw, in the payer's home: its use finds the payer's plan, then its number is led there. Safe twice."""
    found = await store.sharing.one(tx, share)
    if found is None or found.status != "invited":
        return
    account, plan = await _locked(tx, found.account), await _plan_of(tx, found.account)
    if account.status != "open" or plan is None:
        await end_share(tx, share, "declined")
        return
    await store.sharing.move(tx, share, "active", ["invited"], found.member_account)
    await store.sharing.set_line(tx, share, line)
    own = plan.line or account.number or account.id
    await store.sharing.insert(tx, _own(tx, account, found, own))
    await _begin(tx, found, line, own)
    await subscribe(tx, _as_member(tx, plan, found, line))
    tx.tell(events.MemberJoined(account.id, share, found.number))
    lead(tx, found, account.id)


async def leave_share(tx: Tx, offer: str) -> None:
    """This will end a member's share at their own wish, in the member's home.

    :raises Refusal: `share.over`, 409.
    """
    row = await store.sharing.move_offer(tx, offer, "ended", ["accepted"])
    if row is None:
        raise Refusal("share.over", _("This offer is over."), 409)
    tx.later("billing.end_share", {"share": row["share"], "how": "left"}, works_in=home_of(row["share"]))


async def end_share(tx: Tx, share: str, how: str) -> None:
    """This will end a share, in the payer's home: first the number is led back, then its use finds the payer's plan no more. Safe twice.

    `how`: left, removed or declined.
    """
    found = await store.sharing.one(tx, share)
    if found is None or found.own:
        return
    await _locked(tx, found.account)
    ended = await store.sharing.move(tx, share, how, STANDS)
    if ended is None:
        return
    tx.tell(events.MemberLeft(ended.account, share, ended.number, how))
    if found.status == "active":
        lead(tx, found, None)
    if found.member_account:
        tx.later("billing.end_offer", {"share": share, "account": found.member_account}, works_in=home_of(found.member_account))
    others = [one for one in await store.sharing.of_accounts(tx, tx.home, [ended.account]) if one.of == ended.of]
    if others and all(one.own for one in others):
        await store.sharing.move(tx, others[0].id, "left", STANDS)


async def close_member(tx: Tx, share: str) -> None:
    """This will end what a member's use was rated by, once its number is led back; safe twice."""
    found = await store.sharing.one(tx, share)
    if found is not None and found.status not in STANDS:
        await _locked(tx, found.account)
        await store.rating.unsubscribe(tx, found.account, f"share:{share}", tx.now)


async def change_share(tx: Tx, share: str, most: int | None) -> None:
    """This will change how much a member may draw; never less than they have drawn.

    :raises Refusal: 404.
    """
    found = await store.sharing.one(tx, share)
    if found is None:
        raise missing(_("share"))
    await _locked(tx, found.account)
    await store.sharing.set_most(tx, share, None if most is None else Decimal(most))


async def follow_plan(tx: Tx, account: str, offering: str) -> bool:
    """This will rate members by the plan that their payer has now; False while the payer has not got it yet. Safe twice."""
    members = [one for one in await store.sharing.of_accounts(tx, tx.home, [account]) if not one.own and one.status == "active"]
    if not members:
        return True
    plan = await _plan_of(tx, account)
    if plan is None or plan.offering != offering:
        return False
    for one in members:
        mine = await store.subscriptions.of_share(tx, account, f"share:{one.id}", tx.now)
        if any((each.offering, each.price_id) == (plan.offering, plan.price_id) for each in mine):
            continue
        await store.rating.unsubscribe(tx, account, f"share:{one.id}", tx.now)
        await subscribe(tx, _as_member(tx, plan, one, one.line))
    return True


async def _begin(tx: Tx, share: Share, line: str, own: str) -> None:
    """What was used until now was the owner's own."""
    for bucket in await store.sharing.standing(tx, share.account, share.of):
        drawn = {row["line"]: row["used"] for row in await store.sharing.split(tx, tx.home, [bucket["id"]])}
        if own not in drawn:
            await store.sharing.let_draw(tx, bucket["id"], own, None, bucket["used"] - sum(drawn.values(), rating.NOTHING))
        await store.sharing.let_draw(tx, bucket["id"], line, share.most, rating.NOTHING)


async def _locked(tx: Tx, account: str) -> Account:
    await store.rating.lock(tx, [account])
    found = await store.accounts.one(tx, account)
    if found is None:
        raise missing(_("account"))
    return found


async def _plan_of(tx: Tx, account: str, at: datetime | None = None) -> Subscription | None:
    payers = await store.rating.lock(tx, [account])
    await store.state.fill(tx, payers, at or tx.now, rating.cycle_start(at or tx.now))
    mine = [one for payer in payers.values() for one in payer.subscriptions]
    return next((one for one in mine if one.kind == "plan" and not one.doc.get("share") and one.stands(at or tx.now)), None)


def _own(tx: Tx, account: Account, share: Share, line: str) -> Share:
    id_ = keyed_id(tx.home, EPOCH, "share", account.id, share.of, "own")
    return Share(id_, account.id, share.of, share.name, line, account.number or "", account.id, True, None, "active", tx.now)


def _as_member(tx: Tx, plan: Subscription, share: Share, line: str) -> Subscription:
    """A member costs no fee and is granted nothing: only what they use is rated by the payer's plan."""
    return Subscription(
        tx.new_id(), plan.account, line, share.number, f"share:{share.id}", "plan", plan.offering, plan.price_id, plan.name, 0,
        plan.currency, tx.now, None, {"share": share.id},
    )  # fmt: skip


def lead(tx: Tx, share: Share, payer: str | None) -> None:
    """This will have the number's home keep who pays for it; None: its own account does."""
    body = {"number": share.number, "payer": payer, "instead_of": share.account, "share": share.id}
    tx.later("billing.pay_for", body, works_in=home_for(share.number), lane=f"point|{share.number}")
