"""A simulated identity register: the people it knows, and switches that make it refuse, hesitate or stay away.

Switches: `refuse` (true: no to all), `face` (false: no face matches), `strangers` (false: whoever it was not told of is
unknown; else they pass), and those of every adapter: `fail` and `later` count, `slow_ms` waits.
"""

import asyncio
from datetime import date
from typing import Any

import msgspec

from onehall.adapters.switches import Switches
from onehall.kernel import crypto, ids
from onehall.kernel.store import Store
from onehall.ports.identity_check import Applicant, Verdict


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom the register knows; `alike` says whether a picture of the face would match."""

    name: str
    born: date | None = None
    expires: date | None = None
    valid: bool = True
    alike: bool = True


class SimulatedIdentityCheck:
    """A register in tables."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.switches = Switches(store, "identity_check")

    async def knows(self, number: str, person: Registered) -> None:
        """This will enter a person into the register, or change what it says of them."""
        async with self.store.edge(ids.home_for(number)) as tx:
            await tx.write(
                "INSERT INTO sim_person (home, number, name, born, expires, valid, alike) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                "ON CONFLICT (home, number) DO UPDATE SET name = excluded.name, born = excluded.born, "
                "expires = excluded.expires, valid = excluded.valid, alike = excluded.alike",
                tx.home, number.upper(), person.name, person.born, person.expires, person.valid, person.alike,
            )  # fmt: skip

    async def check(self, applicant: Applicant, key: str) -> Verdict:
        """This will answer as told; the same key gives the same answer.

        :raises Later: it was told to be out of reach.
        """
        if before := await self._before(key):
            return before
        failed, set_to = await self.switches.obey(), await self.switches.all()
        await asyncio.sleep(int(set_to.get("slow_ms") or 0) / 1000)
        refuses = failed or bool(set_to.get("refuse"))
        verdict = Verdict(passed=False, no="refused") if refuses else await self._verdict(applicant, set_to)
        verdict = msgspec.structs.replace(verdict, reference=f"SIM-{key[-8:]}")
        await self._keep(applicant, key, verdict)
        return await self._before(key) or verdict

    async def checks(self) -> list[dict[str, Any]]:
        """This will show the latest checks, documents masked."""
        async with self.store.edge(0) as tx:
            rows = await tx.read(
                "SELECT name, document, by_face, verdict, at FROM sim_identity_check ORDER BY at DESC LIMIT 100 -- fan-out: a page of /sim"
            )
        return [dict(row) for row in rows]

    async def people(self) -> list[dict[str, Any]]:
        """This will show whom the register was told of."""
        async with self.store.edge(0) as tx:
            rows = await tx.read(
                "SELECT number, name, born, expires, valid, alike FROM sim_person ORDER BY number LIMIT 100 -- fan-out: a page of /sim"
            )
        return [dict(row) for row in rows]

    async def _verdict(self, applicant: Applicant, set_to: dict[str, Any]) -> Verdict:
        no_face = applicant.face is not None and set_to.get("face") is False
        number = applicant.document_number.upper()
        async with self.store.edge(ids.home_for(number)) as tx:
            row = await tx.read_one(
                "SELECT name, born, expires, valid, alike FROM sim_person WHERE home = $1 AND number = $2", tx.home, number
            )
        if row is None:
            no = "unknown" if set_to.get("strangers") is False else "face" if no_face else ""
            return Verdict(passed=not no, no=no)
        person = Registered(**dict(row))
        no = "face" if no_face and person.valid else _no(person, applicant)
        return Verdict(passed=not no, no=no, born=person.born, expires=person.expires)

    async def _before(self, key: str) -> Verdict | None:
        async with self.store.edge(ids.home_for(key)) as tx:
            row = await tx.read_one("SELECT verdict FROM sim_identity_check WHERE home = $1 AND key = $2", tx.home, key)
        return msgspec.convert(row["verdict"], Verdict) if row else None

    async def _keep(self, applicant: Applicant, key: str, verdict: Verdict) -> None:
        async with self.store.edge(ids.home_for(key)) as tx:
            await tx.write(
                "INSERT INTO sim_identity_check (home, key, name, document, by_face, verdict, at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                "ON CONFLICT DO NOTHING",
                tx.home, key, crypto.mask_name(applicant.name), crypto.mask_document(applicant.document_number),
                applicant.face is not None, msgspec.to_builtins(verdict), tx.now,
            )  # fmt: skip


def _no(person: Registered, applicant: Applicant) -> str:
    if not person.valid:
        return "invalid"
    if person.name.casefold().replace(" ", "") != applicant.name.casefold().replace(" ", ""):
        return "name"
    return "" if applicant.face is None or person.alike else "face"
