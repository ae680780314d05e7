"""Agreements at the simulated bank: its customer said yes in the bank's own app, and can be charged from then on."""

import hmac
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any

from onehall.adapters.switches import Switches
from onehall.kernel import crypto, ids
from onehall.kernel.crypto import mask_phone
from onehall.kernel.money import Money
from onehall.kernel.settings import current
from onehall.kernel.store import Store
from onehall.ports.payment import Agreement, Paid


class Agreements(ABC):
    """The part of the bank that knows agreements. Switches: `no_agreement`, `no_charge` (so many)."""

    store: Store
    switches: Switches

    async def agree(self, agreement: str, phone: str, text: str) -> Agreement:
        """This will have the phone's holder agree, once, unless told that nobody does."""
        await self._reached()
        found = await self._agreement(agreement)
        if found is None:
            status = "refused" if await self.switches.spend("no_agreement") else "active"
            async with self.store.edge(ids.home_for(agreement)) as tx:
                sql = "INSERT INTO sim_agreement (home, agreement, phone, status, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
                await tx.write(sql, tx.home, agreement, phone, status, tx.now)
            found = await self._agreement(agreement)
        assert found is not None
        why = "the customer said no" if found["status"] == "refused" else ""
        return Agreement(agreement, found["status"], mask_phone(found["phone"]), why)

    async def charge(self, agreement: str, payment: str, amount: Money, text: str) -> Paid:
        """This will take the money, once, unless told that there is none, or the agreement does not stand."""
        await self._reached()
        found = await self._agreement(agreement)
        async with self.store.edge(ids.home_for(payment)) as tx:
            before = await tx.read_one("SELECT status, reference FROM sim_payment WHERE home = $1 AND payment = $2", tx.home, payment)
        if before is None:
            none = found is None or found["status"] != "active" or await self.switches.spend("no_charge")
            before = await self._charged(payment, amount, text, "failed" if none else "paid")
        return Paid(payment, before["status"], amount, before["reference"], self.store.clock.now())

    async def end(self, agreement: str) -> None:
        """This will end an agreement."""
        await self._reached()
        async with self.store.edge(ids.home_for(agreement)) as tx:
            await tx.write("UPDATE sim_agreement SET status = 'ended' WHERE home = $1 AND agreement = $2", tx.home, agreement)

    async def _agreement(self, agreement: str) -> Any:
        async with self.store.edge(ids.home_for(agreement)) as tx:
            return await tx.read_one("SELECT phone, status FROM sim_agreement WHERE home = $1 AND agreement = $2", tx.home, agreement)

    async def _charged(self, payment: str, amount: Money, text: str, status: str) -> Any:
        key = crypto.key(current().secret, "simulated bank")
        reference = hmac.digest(key, b"charge " + payment.encode(), "sha256").hex()[:16].upper()
        async with self.store.edge(ids.home_for(payment)) as tx:
            until = tx.now + timedelta(minutes=1)
            return await tx.write_one(
                """INSERT INTO sim_payment (home, payment, minor, currency, text, status, reference, until, at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                   ON CONFLICT (home, payment) DO UPDATE SET status = sim_payment.status RETURNING status, reference""",
                tx.home, payment, amount.minor, amount.currency, text, status, reference, until, tx.now,
            )  # fmt: skip

    @abstractmethod
    async def _reached(self) -> bool: ...
