"""A clerk opens a customer's bill only once they have proven who they are to that clerk, and for as long as that counts; looks are told."""

import asyncio
from datetime import timedelta

import httpx

from onehall.kernel.ids import home_of
from tests.billing.test_bill_faces import bill_ids, lived, me, party_of
from tests.channels.desk.staff import Clerk
from tests.channels.web.test_hall import PHONE
from tests.ground.house import House

FIXTURES = (lived, me)
DOCUMENT = "110101199003070134"
SEEN = """SELECT string_agg(body ->> 'form', ',' ORDER BY id) FROM event
          WHERE home = $1 AND party = $2 AND type = 'desk.bill_seen' AND staff = $3"""
VISITS = (
    "SELECT count(*)::int FROM event WHERE type = 'function.visited' AND function = $1 AND party = $2 AND channel = 'web' AND source = $3"
)


async def prove(clerk: Clerk, customer: str) -> None:
    """This will have the customer lay their document before a clerk who serves their bill."""
    await clerk.post(f"{customer}/serve/bill.detail")
    await clerk.answer(value__document_number=DOCUMENT)


async def staff_of(house: House, clerk: Clerk) -> str:
    """The id of a clerk."""
    return str(await house.value("SELECT id FROM staff WHERE username = $1", clerk.person.username))


async def test_pages_of_bills_count_as_visits_with_their_source(house: House, me: httpx.Client) -> None:
    party, bill = await party_of(house, PHONE), (await asyncio.to_thread(bill_ids, me))[0]
    for path in ("/bills", f"/bills/{bill}", f"/bills/{bill}/pdf", f"/bills/{bill}/csv", "/bills/nothing"):
        await asyncio.to_thread(me.get, path, params={"src": "poster-7"})
    for function, count in (("bill.list", 1), ("bill.detail", 3)):
        found = 0
        for _look in range(60):
            if (found := await house.value(VISITS, function, party, "poster-7")) == count:
                break
            await asyncio.sleep(0.1)
        assert found == count, function


async def test_a_bill_is_opened_by_the_clerk_to_whom_its_customer_has_proven_who_they_are(house: House, me: httpx.Client) -> None:
    party, bill = await party_of(house, PHONE), (await asyncio.to_thread(bill_ids, me))[0]
    customer, page = f"/desk/customers/{party}", f"/desk/customers/{party}/bills/{bill}"
    async with Clerk(house, "clerk-gz") as clerk, Clerk(house, "supervisor") as colleague, Clerk(house, "clerk-hz") as far:
        said = await clerk.see(page)
        assert clerk.at.status_code == 403 and "Have them prove it" in said and "¥92.00" not in clerk.at.text
        await clerk.see(f"{page}/pdf")
        assert clerk.at.status_code == 403 and not clerk.at.content.startswith(b"%PDF")
        await far.see(page)
        assert far.at.status_code == 404
        me_ = await staff_of(house, clerk)
        assert await house.value(SEEN, home_of(party), party, me_) is None
        await clerk.see(customer)
        await prove(clerk, customer)
        said = await clerk.see(page)
        assert clerk.at.status_code == 200 and "¥92.00" in said and "160 MB over at ¥0.01 a MB" in said, said
        await clerk.see(f"{page}/pdf?lang=zh-CN")
        assert clerk.at.content.startswith(b"%PDF") and clerk.at.headers["content-type"] == "application/pdf"
        assert await house.value(SEEN, home_of(party), party, me_) == "page,pdf"
        for other in (colleague, far):  # proven to one clerk is proven to nobody else
            await other.see(page)
            assert other.at.status_code in (403, 404) and "¥92.00" not in other.at.text
        await clerk.see(f"{customer}/bills/nothing")
        assert clerk.at.status_code == 404
        another = await house.value("SELECT party FROM billing_account WHERE party <> $1 AND unit LIKE 'onehall.gd%' LIMIT 1", party)
        await clerk.see(f"/desk/customers/{another}/bills/{bill}")
        assert clerk.at.status_code == 403
        house.clock.move(timedelta(hours=2))
        await clerk.see(page)
        assert clerk.at.status_code in (401, 403) or clerk.at.url.path == "/desk/login", clerk.at.status_code
