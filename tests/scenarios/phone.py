"""A stranger at home with a phone: the pages of the hall, and no more of them than they show."""

import re

import httpx

from tests.channels.desk.staff import token, words
from tests.ground.house import House
from tests.scenarios.cast import until


class Phone:
    """A guest's phone with a browser that keeps its cookies, and nothing else."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.browser = httpx.AsyncClient(
            base_url=house.url, follow_redirects=True, timeout=30, headers={"accept-language": "en", "accept": "text/html"}
        )
        self.at = httpx.Response(0)

    async def __aenter__(self) -> "Phone":
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.browser.aclose()

    @property
    def journey(self) -> str:
        """The journey that the page shows."""
        return self.at.url.path.rpartition("/")[2]

    async def sees(self, path: str) -> str:
        """Opens a page and reads it."""
        self.at = await self.browser.get(path)
        return words(self.at.text)

    async def sends(self, path: str, **fields: str) -> str:
        """Presses a button of the page."""
        self.at = await self.browser.post(path, data={"csrf": token(self.at.text), **fields})
        return words(self.at.text)

    async def answers(self, **fields: str) -> str:
        """Answers the question on the page; two underscores are a dot."""
        key, asked = (re.search(rf'name="{name}" value="([^"]+)"', self.at.text) for name in ("key", "turn"))
        assert key and asked, words(self.at.text)
        return await self.sends(
            self.at.url.path, key=key[1], turn=asked[1], **{name.replace("__", "."): one for name, one in fields.items()}
        )

    async def comes_to(self, text: str) -> str:
        """Looks again until the page says something."""

        async def look() -> str:
            said = await self.sees(self.at.url.path)
            return said if text in said else ""

        return str(await until(look))
