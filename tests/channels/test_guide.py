"""The guide's own code, as it stands on the page, serves in a real house."""

import re
import sys
from collections.abc import AsyncIterator, Iterator
from types import ModuleType

import httpx
import pytest
from msgspec import structs

from onehall import app
from onehall.kernel import crypto
from onehall.kernel.clock import MovableClock
from onehall.kernel.journeys import CHANNELS
from onehall.kernel.settings import current, read
from tests.conformance.people import Person
from tests.conformance.place import heard
from tests.conftest import ROOT
from tests.ground.counter import Counter

GUIDE = ROOT / "docs" / "guides" / "add-a-channel.md"
LINES_MAX = 60


def code() -> str:
    """This will take the channel's code out of the guide."""
    found = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(found) == 1
    return found[0]


@pytest.fixture
def toy() -> Iterator[ModuleType]:
    """The guide's channel, loaded as a module."""
    made = ModuleType("guide_chat")
    sys.modules["guide_chat"] = made
    try:
        exec(compile(code(), str(GUIDE), "exec"), made.__dict__)
        yield made
    finally:
        del sys.modules["guide_chat"]


@pytest.fixture
async def counter(toy: ModuleType, demo_database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    """A house that has the guide's channel, heard over real HTTP."""
    monkeypatch.setattr(app, "CHANNELS", (*app.CHANNELS, toy))
    made = app.create(structs.replace(read(), database_url=demo_database, database_pool=10), MovableClock())
    await made.state.house.store.open()
    try:
        async with heard(made):
            yield Counter(made.state.house)
    finally:
        await made.state.house.store.close()


def test_it_is_short_and_touches_no_domain() -> None:
    lines = [line for line in code().splitlines() if line.strip()]
    assert len(code().splitlines()) < LINES_MAX and len(lines) < LINES_MAX
    assert f"in {len(code().splitlines())} lines" in GUIDE.read_text(encoding="utf-8")
    assert "domains" not in code()


async def test_a_line_is_topped_up_by_chat(counter: Counter) -> None:
    person = await Person(balance=0).settle(counter)
    await counter.settle()
    assert "chat" in CHANNELS
    secret = crypto.keyed_hash(current().secret, "messenger", "chat")
    async with httpx.AsyncClient(base_url=current().url, headers={"x-chat-secret": secret}, timeout=30) as messenger:

        async def says(id_: str, text: str) -> str:
            answer = await messenger.post("/chat/lilei", json={"id": id_, "text": text})
            assert answer.status_code == 200, answer.text
            return "\n".join(answer.json()["replies"])

        asked = [await says("1", "CZ"), await says("2", person.number), await says("3", "50")]
        assert await says("3", "50") == asked[2]
    assert await counter.one("SELECT count(*) FROM payment") == 1
    journey = await counter.one("SELECT id FROM journey WHERE function = 'topup' AND channel = 'chat'")
    view = await counter.hall.see(counter.guest("chat:lilei", "chat"), journey)
    assert view.question and view.question["kind"] == "pay" and view.question["amount_minor"] == 5_000
    assert view.question["url"] in asked[2]
    await counter.bank_pays(view)
    done = await counter.settle(counter.guest("chat:lilei", "chat"), view)
    assert done.state == "done"
    assert await counter.one("SELECT status FROM payment") == "done"


async def test_who_is_not_the_messenger_is_not_heard(counter: Counter) -> None:
    async with httpx.AsyncClient(base_url=current().url) as stranger:
        answer = await stranger.post("/chat/lilei", json={"id": "1", "text": "CZ"})
    assert answer.status_code == 403
    assert await counter.one("SELECT count(*) FROM journey") == 0
