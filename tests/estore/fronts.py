"""Stores as their people come to them, over real HTTP: made by an account manager, joined by a number on the list, entered by a token."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from tests.channels.desk.staff import Clerk, token, words
from tests.ground.house import House
from tests.scenarios.cast import codes, until

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"accept": "text/html", "accept-language": "en"}
LIST = "key,name,department,role\n1001,Lan Wei,Sales,member\n1002,He Ying,Office,approver\n"
TERMS = {"proof": "roster", "domains": "", "discount": "10", "percent": "0", "most": "0", "each": "0", "every": "0"}


async def made(clerk: Clerk, slug: str, kind: str = "enterprise", domains: str = "acme.example") -> str:
    """An account manager makes a store; gives the path of its page in the console."""
    await clerk.see("/console/stores")
    await clerk.post("/console/stores", kind=kind, name="Acme", slug=slug, domains=domains)
    assert clerk.at.status_code == 200, words(clerk.at.text)
    return clerk.at.url.path


async def shown_in(clerk: Clerk, slug: str, frames: str) -> str:
    """An account manager makes a store with a list that opens inside `frames`; gives the secret of the company's pages."""
    path = await made(clerk, slug)
    await clerk.post(f"{path}/people", sheet=LIST)
    await clerk.post(f"{path}/terms", **TERMS, frames=frames)
    assert clerk.at.status_code == 200, words(clerk.at.text)
    return (await clerk.post(f"{path}/secret")).split("&#39;s pages ")[1].split()[0]


async def logs_in(house: House, phone: str) -> httpx.AsyncClient:
    """Somebody at their own browser, logged in by a code to their phone."""
    client = httpx.AsyncClient(base_url=house.url, follow_redirects=True, timeout=30, headers=PAGES)
    page, before = await client.get("/login"), len(await codes(house, phone))
    await client.post("/login", data={"csrf": token(page.text), "phone": phone, "to": "/"})
    code = (await until(lambda: codes(house, phone, before)))[-1]
    page = await client.post("/login/code", data={"csrf": token(page.text), "phone": phone, "code": code, "to": "/"})
    assert "Log in" not in words(page.text), words(page.text)
    return client


async def joins(house: House, slug: str, phone: str, key: str = "1001", name: str = "lan wei") -> httpx.AsyncClient:
    """Somebody logs in and joins by number and name."""
    client = await logs_in(house, phone)
    page = await client.get(f"/f/estore.join?store={slug}")
    known = {"given.store": slug, "given.number": key, "given.name": name}
    page = await client.post("/f/estore.join", data={"csrf": token(page.text), **known})
    assert "Welcome to Acme" in words(page.text), words(page.text)
    return client


def way_in(house: House, secret: str, slug: str, key: str = "1001") -> str:
    """A way in made by the code that the guide gives to the company's own pages, by the house's clock."""
    text = (ROOT / "docs" / "guides" / "e-stores.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {"time": time}
    exec(text.split("```python")[1].split("```")[0], names)
    names["time"] = SimpleNamespace(time=lambda: house.clock.now().timestamp())
    made: str = names["way_in"](secret, slug, key)
    return made
