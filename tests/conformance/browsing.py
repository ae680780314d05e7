"""A plain browser without script: it goes to pages, follows links, sends forms, keeps cookies, tells where it comes from."""

from typing import Any

import httpx

from onehall.kernel.settings import current
from tests.conformance.filling import fill
from tests.conformance.reading import Form, Page


class Browser:
    """One browser at one address; `page` is what it shows."""

    def __init__(self, app: Any, address: str = "127.0.0.1") -> None:
        self.address = address
        self.headers = {"accept": "text/html", "accept-language": "en"}
        wire = httpx.ASGITransport(app, client=(address, 4000))
        self.client = httpx.AsyncClient(transport=wire, base_url=current().url, follow_redirects=True, headers=self.headers)
        self.page = Page("", "")

    async def go(self, address: str) -> Page:
        """This will go to an address as if it were typed."""
        return self._shows(await self.client.get(address))

    async def follow(self, link: str) -> Page:
        """This will follow a link of the page."""
        return self._shows(await self.client.get(link, headers={"referer": self.page.url}))

    async def follow_to(self, path: str) -> Page:
        """This will follow the page's link to a path."""
        return await self.follow(self.page.link_to(path))

    async def send(self, form: Form, answer: Any = None, status: int = 200) -> Page:
        """This will fill in a form of the page and send it; `status` is how the page that comes must come."""
        filled = fill(form, answer)
        if form.method == "get":
            return self._shows(await self.client.get(form.action, params=filled.fields, headers={"referer": self.page.url}))
        return self._shows(await self.client.post(form.action, headers={"referer": self.page.url}, **filled.request), status)

    async def refresh(self) -> Page:
        """This will go where the page goes by itself."""
        assert self.page.again, f"{self.page.path} does not go on by itself: {self.page.words}"
        return await self.follow(self.page.again)

    def _shows(self, answer: httpx.Response, status: int = 200) -> Page:
        page = Page(str(answer.url), answer.text)
        assert answer.status_code == status, (answer.status_code, page.path, page.words)
        self.page = page
        return page
