"""The console's buttons: the figures of a run computed again, a day's file read again; by those who may, and once."""

import asyncio

from onehall.kernel.store import Store
from tests.channels.console.charged_house import cycle_of
from tests.channels.console.test_billing_pages import LOOKS_MAX, billed, filled
from tests.channels.desk.staff import Clerk
from tests.ground.house import House

FIXTURES = (filled,)


async def test_a_runs_figures_are_those_that_were_kept_until_somebody_has_them_computed(filled: House) -> None:
    async with Clerk(filled, "operations") as keeper, Clerk(filled, "supervisor") as other:
        path = await billed(filled, keeper)
        store = await Store(filled.dsn, clock=filled.clock, pool_size=1).open()
        async with store.edge(0) as tx:
            await tx.write("-- fan-out: a test\nUPDATE customer_bill SET total = total + 1 WHERE run IS NOT NULL")
        said = await keeper.see(path)
        assert "¥118.80 Total of the bills" in said and "0 differences" in said and "Figures of" in said
        await other.post(f"{path}/report")
        assert other.at.status_code == 403
        said = await keeper.post(f"{path}/report")
        assert "¥118.82 Total of the bills" in said and "2 differences" in said and "does not fit" in said
        async with store.edge(0) as tx:
            await tx.write("-- fan-out: a test\nUPDATE customer_bill SET total = total - 1 WHERE run IS NOT NULL")
        await store.close()
        assert "0 differences" in await keeper.post(f"{path}/report")


async def test_a_days_file_is_read_again_by_a_button(filled: House) -> None:
    look = "SELECT look FROM reconciliation WHERE day = $1"
    day = cycle_of(filled)
    async with Clerk(filled, "operations") as keeper, Clerk(filled, "supervisor") as other:
        before = await filled.value(look, day)
        assert "Read again" in await keeper.see(f"/console/reconciliation?day={day}")
        await other.post("/console/reconciliation/read", day=day.isoformat(), look=str(before))
        assert other.at.status_code == 403
        for words, status in (("", 422), ("2999-01-01", 422), ("yesterday", 422)):
            await keeper.see("/console/reconciliation")
            await keeper.post("/console/reconciliation/read", day=words)
            assert keeper.at.status_code == status, words
        await keeper.see("/console/reconciliation")
        for _twice in (1, 2):
            await keeper.post("/console/reconciliation/read", day=day.isoformat(), look=str(before))
        for _look in range(LOOKS_MAX):
            if await filled.value(look, day) != before and await filled.value("SELECT status FROM reconciliation") == "done":
                break
            await asyncio.sleep(0.05)
        assert await filled.value(look, day) == before + 1
        asked = "SELECT count(*) FROM event WHERE type = 'console.file_read_again' AND staff IS NOT NULL"
        assert await filled.value(asked) == 2 and await filled.value("SELECT count(*) FROM reconciliation") == 1
