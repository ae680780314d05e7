"""The gate: works out who a request comes from, and opens and closes sessions. One for each process."""

import asyncio
from collections.abc import Mapping
from typing import NoReturn

import msgspec

from onehall.kernel import ids, settings
from onehall.kernel.events import Origin
from onehall.kernel.i18n import _, choose_language
from onehall.kernel.identity import sessions, staff, tokens, visitors
from onehall.kernel.identity.limits import Limits
from onehall.kernel.identity.partners import Partners
from onehall.kernel.identity.proof import Proof
from onehall.kernel.identity.sessions import Endings, Granted
from onehall.kernel.identity.sweep import keep_sweeping
from onehall.kernel.identity.tokens import Claims
from onehall.kernel.identity.who import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

SESSION = "hall_session"
STAFF_SESSION = "hall_staff"
VISITOR = "hall_visitor"
LANGUAGE = "hall_language"
VISITOR_HEADER = "x-visitor"


class Seen(msgspec.Struct, frozen=True):
    """A caller as seen at the gate, and the cookies that the answer should set (None: remove)."""

    who: Who
    cookies: dict[str, str | None] = {}


class Gate:
    """Knows sessions, guests, partners and limits of a house."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.endings = Endings(store)
        self.limits = Limits(settings.current())
        self.partners = Partners(store)
        self._sweeping: asyncio.Task[None] | None = None

    async def open(self) -> "Gate":
        """This will learn which sessions were ended, and keep learning; and sweep up what is too old."""
        await self.endings.start()
        self._sweeping = asyncio.create_task(keep_sweeping(self.store))
        return self

    async def close(self) -> None:
        """This will stop learning and sweeping."""
        if self._sweeping:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        await self.endings.stop()

    def see(self, headers: Mapping[str, str], cookies: Mapping[str, str], address: str, for_staff: bool) -> Seen:
        """This will work out who is calling, without asking the database.

        In the rooms of staff a browser's staff cookie counts, elsewhere its customer's.
        :raises Refusal: `session.over`, 401, when a bearer token is presented that does not count.
        """
        guest = Who(language=language_of(headers, cookies), address=address)
        kind, __, bearer = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            who = self._known(guest, self._claims(bearer.strip(), "customer", "staff", "partner") or _over(), "bearer")
            return Seen(msgspec.structs.replace(who, visitor=visitors.read(headers.get(VISITOR_HEADER))))
        return self._by_cookies(guest, headers, cookies, for_staff)

    def _by_cookies(self, guest: Who, headers: Mapping[str, str], cookies: Mapping[str, str], for_staff: bool) -> Seen:
        name, kind = (STAFF_SESSION, "staff") if for_staff else (SESSION, "customer")
        visitor = visitors.read(cookies.get(VISITOR)) or visitors.read(headers.get(VISITOR_HEADER))
        change: dict[str, str | None] = {}
        if visitor is None:
            visitor = visitors.new()
            change[VISITOR] = visitors.sign(visitor)
        who = msgspec.structs.replace(guest, visitor=visitor)
        if name not in cookies:
            return Seen(who, change)
        claims = self._claims(cookies[name], kind)
        if claims is None:
            return Seen(who, change | {name: None})
        later = sessions.renewed(claims, self.store.clock.now())
        return Seen(self._known(who, claims, "cookie"), change | ({name: later} if later else {}))

    async def log_in(self, who: Who, party: str, proof: Proof = Proof.CODE, *, app: bool = False, channel: str = "") -> Granted:
        """This will open a customer's session in place of the one that the caller had."""
        await self.log_out(who)
        async with self.store.edge(party, Origin(channel=channel, party=party)) as tx:
            return await sessions.log_in(tx, party, proof, app=app, address=who.address)

    async def log_in_staff(self, who: Who, username: str, password: str, code: str, channel: str = "") -> Granted:
        """This will check name, password and second factor, and open a session for staff.

        :raises Refusal: `login.failed`, 401; `login.locked` or `too.many`, 429.
        """
        self.limits.login.take(who.address, self.store.clock.now())
        member = await staff.check(self.store, username, password, code)
        await self.log_out(who)
        async with self.store.edge(member.id, Origin(channel=channel, staff=member.id, unit=member.unit)) as tx:
            return await sessions.log_in_staff(tx, member.id, member.unit, member.roles, address=who.address)

    async def log_out(self, who: Who) -> None:
        """This will end the caller's session; a guest has none."""
        if who.session and who.partner is None:
            async with self.store.edge(ids.home_of(who.session)) as tx:
                await sessions.end(tx, who.session)
            if who.expires:
                self.endings.note(who.session, who.expires)

    async def log_out_everywhere(self, who: Who) -> int:
        """This will end every session of the caller; gives how many."""
        owner = who.party or who.staff
        if owner is None:
            return 0
        async with self.store.edge(owner) as tx:
            count = await sessions.end_all(tx, party=who.party, staff=who.staff)
        await self.endings.refresh()
        return count

    def _claims(self, token: str, *kinds: str) -> Claims | None:
        claims = tokens.read(token, self.store.clock.now(), *kinds)
        return None if claims is None or self.endings.has(claims) else claims

    def _known(self, guest: Who, claims: Claims, by: str) -> Who:
        return Who(
            party=claims.sub if claims.kind == "customer" else None,
            staff=claims.sub if claims.kind == "staff" else None,
            partner=claims.sub if claims.kind == "partner" else None,
            proof=claims.level, proven_at=tokens.at(claims.proven) if claims.proven else None,
            expires=tokens.at(claims.until), unit=claims.unit or None, roles=frozenset(claims.roles),
            scopes=frozenset(claims.scope.split()), session=claims.sid, visitor=guest.visitor,
            language=guest.language, by="cookie" if by == "cookie" else "bearer", address=guest.address,
        )  # fmt: skip


def language_of(headers: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """This will pick the caller's language: what they chose, else what their browser says, else the house's."""
    wanted = cookies.get(LANGUAGE) or headers.get("accept-language")
    return choose_language(wanted) if wanted else settings.current().language


def _over() -> NoReturn:
    raise Refusal("session.over", _("Your login has ended. Please log in again."), 401)
