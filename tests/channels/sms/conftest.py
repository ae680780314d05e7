"""A house worked by hand, and phones that write to it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.ground.counter import Counter, served


class Phone:
    """A phone that writes to the hall and reads what comes back."""

    def __init__(self, counter: Counter, client: httpx.AsyncClient, number: str) -> None:
        self.counter, self.client, self.number, self.sent = counter, client, number, 0

    async def say(self, text: str, id_: str = "") -> list[str]:
        """This will send a message; gives the replies."""
        self.sent += 1
        body = {"id": id_ or f"{self.number}-{self.sent}", "from": self.number, "to": "10016", "text": text}
        answer = await self.client.post("/sms/inbound", json=body)
        assert answer.status_code == 200, answer.text
        replies: list[str] = answer.json()["replies"]
        return replies


@pytest.fixture
async def place(demo_database: str) -> AsyncIterator[tuple[Counter, httpx.AsyncClient]]:
    """A house over the demo operator, and a client in this process."""
    async with served(demo_database) as opened:
        yield opened


@pytest.fixture
def english(place: tuple[Counter, httpx.AsyncClient]) -> Phone:
    """Maria's phone: she reads English, has 158.00 on Hall 99."""
    return Phone(*place, "18600010002")


@pytest.fixture
def chinese(place: tuple[Counter, httpx.AsyncClient]) -> Phone:
    """The phone of a customer who reads Chinese, with 86.50 on Hall 59."""
    return Phone(*place, "18600010001")
