"""A note of 50 is in a kiosk when the power fails; the customer goes on with their phone. Credited once, whoever was quicker.

Read it aloud: each line is what somebody does or sees. The kiosk is a process of its own that is killed; its screen, its receipts,
the phone and the bank are the house's real doors.
"""

import json
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from onehall.adapters.cabinet.simulated import SimulatedCabinet
from onehall.channels.kiosk.deposits import kept
from onehall.channels.kiosk.journal import Journal
from onehall.hall import View
from onehall.kernel.settings import current
from tests.conformance.browsing import Browser
from tests.conformance.place import Place, opened
from tests.ground import forked
from tests.scenarios import kiosk_at_work

BEFORE = 44_100  # 50000 - 5900, the first month of the plan
CASH = "SELECT -coalesce(sum(minor), 0)::bigint FROM posting WHERE book = 'cash' AND owner = $1"
BALANCE = "SELECT balance FROM billing_account WHERE party = $1"
UNBALANCED = "SELECT count(*) FROM (SELECT entry FROM posting GROUP BY entry, currency HAVING sum(minor) <> 0) AS unbalanced"
pytestmark = pytest.mark.slow
KEPT = ("after:stacking", "after:stacked", "before:credited", "after:credited", "before:done")


class Story:
    """The kiosk before whose screen it happened, and whose money it was."""

    def __init__(self, place: Place, name: str, folder: Path) -> None:
        self.place, self.counter, self.name, self.folder = place, place.counter, name, folder
        whose = json.loads((folder / "whose.json").read_text())
        self.party, self.number, self.journey, self.url = whose["party"], whose["number"], whose["journey"], whose["url"]
        self.screen = Browser(place.app, "10.8.0.1")
        self.phone = place.counter.customer(self.party, "web")

    async def boots(self) -> None:
        """The power is back: the first who looks at the screen is told what happened."""
        await self.screen.go(f"/kiosk?cabinet={self.name}")
        await self.counter.settle()

    async def looks_at_the_phone(self) -> View:
        """The customer finds the top-up on the phone as it stands."""
        mine = await self.counter.hall.mine(self.phone)
        assert [each.id for each in mine] in ([self.journey], [])
        return await self.counter.hall.see(self.phone, self.journey)

    async def agree(self) -> int:
        """Drawer, journal and books say the same; every entry balances. Gives what lies in the drawer."""
        await self.counter.settle()
        drawer = SimulatedCabinet(self.name, self.folder).works.taken
        assert drawer == kept(Journal(self.folder / "journal").lines) == await self.counter.one(CASH, f"onehall.kiosk.{self.name}")
        assert await self.counter.one(UNBALANCED) == 0
        return drawer

    async def balance(self) -> int:
        """What the customer has, in fen."""
        return int(await self.counter.one(BALANCE, self.party))

    async def told(self) -> list[str]:
        """What came to the customer's phone of it."""
        await self.counter.settle()
        return [one.text for one in await self.counter.world.sms.messages(self.number) if "¥50.00" in one.text]


@pytest.fixture
async def place(demo_database: str) -> AsyncIterator[Place]:
    """The house, worked by hand, with the bank over HTTP."""
    async with opened(demo_database) as made:
        yield made


async def cut(place: Place, dsn: str, moment: str) -> Story:
    """Somebody puts a note of 50 in; the power fails at a moment."""
    name = f"j6-{os.getpid() % 10_000}-{KEPT.index(moment) if moment in KEPT else 9}"
    folder = current().folder / "cabinets" / name
    for old in folder.glob("*") if folder.exists() else []:
        old.unlink()
    assert forked.run(kiosk_at_work.main, dsn, str(folder), name, moment, "700") == -signal.SIGKILL
    return Story(place, name, folder)


@pytest.mark.parametrize("moment", KEPT)
async def test_the_kiosk_comes_back_first(place: Place, demo_database: str, moment: str) -> None:
    story = await cut(place, demo_database, moment)
    await story.boots()
    assert story.screen.page.says("A payment here was interrupted") and story.screen.page.says("Paid.")
    view = await story.looks_at_the_phone()
    assert view.state == "done" and view.said and "¥50.00 has been added." in view.said["text"]
    assert (await story.balance(), await story.agree()) == (BEFORE + 5_000, 5_000)
    assert len(await story.told()) == 1
    await the_old_link_takes_no_money(story)
    await the_receipt_is_printed_again(story, "Paid.")
    assert (await story.balance(), await story.agree()) == (BEFORE + 5_000, 5_000)


@pytest.mark.parametrize("moment", ["after:stacking", "after:stacked"])
async def test_the_phone_is_quicker(place: Place, demo_database: str, moment: str) -> None:
    """They pay by phone before the kiosk is back: that counts, and the note is theirs again at a counter."""
    story = await cut(place, demo_database, moment)
    waiting = await story.looks_at_the_phone()
    assert waiting.state == "asking" and waiting.question and waiting.question["url"] == story.url
    await story.counter.bank_pays(waiting)
    await story.counter.settle()
    assert (await story.looks_at_the_phone()).state == "done" and await story.balance() == BEFORE + 5_000
    await story.boots()
    assert story.screen.page.says("A counter hands the money back for this receipt.")
    assert (await story.balance(), await story.agree()) == (BEFORE + 5_000, 5_000)
    paper = await the_receipt_is_printed_again(story, "Not used:")
    await a_clerk_hands_it_back(story, paper)
    assert await story.balance() == BEFORE + 5_000 and await story.counter.one(UNBALANCED) == 0


async def test_before_the_note_is_kept_it_comes_out_again(place: Place, demo_database: str) -> None:
    """The power fails while the note lies in escrow: it comes out, and the phone pays."""
    story = await cut(place, demo_database, "after:escrow")
    await story.boots()
    assert story.screen.page.says("The notes were given back.") and SimulatedCabinet(story.name, story.folder).works.tray == [5_000]
    assert (await story.balance(), await story.agree()) == (BEFORE, 0)
    await story.counter.bank_pays(await story.looks_at_the_phone())
    await story.counter.settle()
    assert (await story.balance(), await story.agree()) == (BEFORE + 5_000, 0)
    assert (await story.looks_at_the_phone()).state == "done" and len(await story.told()) == 1


async def the_old_link_takes_no_money(story: Story) -> None:
    """The bank's notice for the payment that cash has settled comes all the same: it goes back, and nothing is credited."""
    payment = story.url.rpartition("/")[2]
    asked = View("", "", "", "asking", {"kind": "pay", "url": story.url, "amount_minor": 5_000}, None, [], [], "web", "")
    await story.counter.bank_pays(asked)
    await story.counter.settle()
    refunds = await story.counter.one("SELECT count(*) FROM refund WHERE payment = $1 AND minor = 5000", payment)
    assert refunds == 1, "what the bank took besides is given back"


async def the_receipt_is_printed_again(story: Story, says: str) -> str:
    """By its number, at the screen; it says what became of the money, and that it is a copy."""
    number = re.search(r"Receipt (\d{14})", story.screen.page.words)
    assert number, story.screen.page.words
    before = len(SimulatedCabinet(story.name, story.folder).works.paper)
    await story.screen.go("/kiosk/receipts")
    await story.screen.send(story.screen.page.form_to("/kiosk/receipts"), number[1])
    paper = SimulatedCabinet(story.name, story.folder).works.paper
    assert len(paper) == before + 1 and f"State: {says}" in paper[-1] and paper[-1].endswith("Copy: Yes")
    return paper[-1]


async def a_clerk_hands_it_back(story: Story, paper: str) -> None:
    """The number of the payment is on the receipt; the clerk counts out fifty."""
    payment = re.search(r"Number of the payment: (\w+)", paper)
    assert payment, paper
    desk = story.place.desk(None)  # type: ignore[arg-type]
    clerk: Any = desk.caller
    view = await story.counter.hall.start(clerk, "refund.hand_over", {"payment": payment[1]})
    assert view.state == "done" and view.said and "¥50.00" in view.said["text"], view
    await story.counter.settle()
    assert await story.counter.one("SELECT status FROM refund WHERE payment = $1", payment[1]) == "done"
