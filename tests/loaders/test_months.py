"""Half a year of bills to look at: loaded twice it is loaded once, and the books hold."""

from onehall.domains import billing
from onehall.kernel.ids import new_id
from onehall.kernel.store import Store
from onehall.loaders.months import MONTHS, NUMBER, lived


async def test_half_a_year_of_bills_is_made_once(store: Store) -> None:
    party = new_id(7, store.clock.now())
    account = await lived(store.dsn, party)
    assert await lived(store.dsn, party) == account
    async with store.edge(account) as tx:
        found = await billing.queries.bills.bills_of_account(tx, account, 20)
        assert len(found) == MONTHS and {one.number for one in found} == {NUMBER}
        # a fee of 59 less 10 %, five times, then 89; a SIM; 1 fen a MB over 100 and 10 fen a minute over 10, of months that grow
        assert [one.total for one in reversed(found)] == [5310, 5330, 5390, 5470, 7530, 9200]
    async with store.edge(0) as tx:
        assert await billing.queries.ledger_faults(tx) == []
        assert await billing.queries.bills.bill_differences(tx) == []
