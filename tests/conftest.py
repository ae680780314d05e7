"""Fixtures: `store` (a fresh migrated database), `demo_store` (with the demo operator), `house`, `app_url`, `page`."""

import gc
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from onehall import app
from onehall.kernel.clock import MovableClock
from onehall.kernel.store import Store
from tests.ground import browser as browsers
from tests.ground import database as databases
from tests.ground import registries
from tests.ground.house import House

if TYPE_CHECKING:
    import httpx

    from tests.ground.counter import Counter

assert app.DOMAINS  # functions, channels, tills and provers are all known before a toy one joins them
ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
_numbers = count()


def pytest_configure(config: pytest.Config) -> None:
    """This will prepare the run's folder, once: in the controlling process."""
    if not hasattr(config, "workerinput"):
        databases.begin()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """This will run the files with slow tests first, then those with many, so that no worker is alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in slow, -many[item.path]))


def pytest_collection_finish(session: pytest.Session) -> None:
    """This will have the collector of garbage leave alone what was loaded."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """This will end what the run started."""
    if not hasattr(config, "workerinput") and databases.VARIABLE in os.environ:
        databases.finish()


@pytest.fixture(scope="module", autouse=True)
def toys_go() -> Iterator[None]:
    """Toy functions, channels, tills and provers of a module are gone after it."""
    with registries.as_before():
        yield


def _fresh(source: str) -> str:
    return f"t_{source}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{next(_numbers)}"


async def _open_demo(dsn: str) -> None:
    from onehall import demo

    store = await Store(dsn, pool_size=4).open()
    try:
        await demo.open(store, lambda line: None)
    finally:
        await store.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of official specifications and real input beside the project."""
    if not SHARED.is_dir():
        pytest.skip("needs the folder ../shared")
    return SHARED


@pytest.fixture(scope="session")
def plain_template() -> str:
    """A migrated database to clone from."""
    return databases.template(databases.PLAIN)


@pytest.fixture(scope="session")
def demo_template(plain_template: str) -> str:
    """A database in which the demo operator is open, to clone from."""
    return databases.template("demo", _open_demo, source=plain_template)


@pytest.fixture
def database(plain_template: str) -> Iterator[str]:
    """The DSN of a fresh, migrated database."""
    name = databases.borrow(plain_template, _fresh("plain"))
    yield databases.server().dsn(name)
    databases.give_back(name)


@pytest.fixture
def demo_database(demo_template: str) -> Iterator[str]:
    """The DSN of a fresh database in which the demo operator is open."""
    name = databases.borrow(demo_template, _fresh("demo"))
    yield databases.server().dsn(name)
    databases.give_back(name)


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """The Store of a fresh, migrated database; move its time with `store.clock.move(timedelta)`."""
    opened = await Store(database, clock=MovableClock(), pool_size=10).open()
    yield opened
    await opened.close()


@pytest.fixture
async def demo_store(demo_database: str) -> AsyncIterator[Store]:
    """The Store of a fresh database in which the demo operator is open."""
    opened = await Store(demo_database, clock=MovableClock(), pool_size=10).open()
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def house(demo_template: str) -> Iterator[House]:
    """The whole house over its own demo database, serving on a free port; one for each test module."""
    name = _fresh("house")
    opened = House(databases.clone(demo_template, name)).open()
    yield opened
    opened.close()
    databases.drop(name)


@pytest.fixture(scope="module")
def app_url(house: House) -> str:
    """The address of a running house with the demo operator."""
    return house.url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real browser; without one the test is skipped, with the reason."""
    try:
        return browsers.executable()
    except browsers.NoBrowser as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A real browser (Playwright, async), one for each worker: the pages of a test share nothing with those of another."""
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=chromium, args=list(browsers.ARGUMENTS))
        yield opened
        await opened.close()


@pytest.fixture
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A phone-sized page of its own; `@pytest.mark.parametrize("page", [{...}], indirect=True)` for other sizes."""
    wished: dict[str, Any] = getattr(request, "param", {})
    context = await browser.new_context(**({"viewport": {"width": 390, "height": 844}, "locale": "en-GB"} | wished))
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def place(demo_database: str) -> AsyncIterator[tuple["Counter", "httpx.AsyncClient"]]:
    """A house of its own, worked by hand, and a client that speaks HTTP to it."""
    from tests.ground import counter as counters

    async with counters.served(demo_database) as opened:
        yield opened


@pytest.fixture
async def counter(demo_database: str) -> AsyncIterator["Counter"]:
    """A house of its own without HTTP, over the demo operator; its work is done by `counter.settle()`."""
    from tests.ground import counter as counters

    async with counters.opened(demo_database) as opened:
        yield opened
