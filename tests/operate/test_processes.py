"""Several processes of one house: what one has begun another ends, and what one forbids the others soon forbid."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from onehall.domains.catalogue.store.shelves import CHECK_SECONDS
from onehall.kernel.identity.sessions import REFRESH_SECONDS
from onehall.kernel.settings import current
from tests.ground import database as databases
from tests.launch.commands import run
from tests.operate.processes import OTHER, Customer, Part, out_of_balance, paid_twice, parts, until, value

pytestmark = pytest.mark.slow
LAG_SECONDS = 1.5  # what a busy machine adds
HOUR = 3600
LEAVES = "18600010002"  # who logs out


class Three(NamedTuple):
    """Two app processes and a worker over one database."""

    first: Part
    second: Part
    worker: Part
    dsn: str

    @property
    def urls(self) -> list[str]:
        return [self.first.url, self.second.url]


@pytest.fixture(scope="module")
def three(demo_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    """They start once: each test logs in anew, and leaves the world as it found it; the clock is moved last."""
    name = f"t_three_{os.getpid()}"
    dsn = databases.clone(demo_template, name)
    with parts(tmp_path_factory.mktemp("three"), dsn) as begin:
        first, second, worker = begin("serve"), begin("serve"), begin("work")
        yield Three(first.ready(), second.ready(), worker.ready(), dsn)
    databases.drop(name)


@pytest.fixture(scope="module")
def customer(three: Three) -> Customer:
    """A customer who has logged in; a second code within the minute is not sent."""
    return Customer(three.urls).log_in()


def balance(customer: Customer) -> int:
    """The customer's balance, in fen."""
    said = customer.begin("balance.check")["said"]
    return next(int(item["raw"]["minor"]) for item in said["facts"] if item["kind"] == "money")


def test_a_journey_begun_at_one_process_ends_at_another(three: Three, customer: Customer) -> None:
    before = balance(customer)
    done = customer.tops_up(50)
    assert done["said"]["facts"][1]["raw"] == {"minor": 5000, "currency": "CNY"}
    assert [balance(customer), balance(customer)] == [before + 5000, before + 5000]  # at each process
    assert (paid_twice(three.dsn), out_of_balance(three.dsn)) == (0, 0)


def test_a_login_that_ended_at_one_process_ends_at_the_other_within_the_time_that_is_stated(three: Three) -> None:
    customer = Customer(three.urls, LEAVES).log_in()
    at_each = [customer.call("GET", "/api/journeys", at=url).status_code for url in three.urls]
    assert at_each == [200, 200]
    assert customer.call("POST", "/api/logout", at=three.first.url).status_code == 204
    began = time.monotonic()
    assert customer.call("GET", "/api/journeys", at=three.first.url).status_code == 401  # here at once
    until(lambda: customer.call("GET", "/api/journeys", at=three.second.url).status_code == 401, "it did not end")
    assert time.monotonic() - began < REFRESH_SECONDS + LAG_SECONDS


def test_a_switch_of_the_simulated_world_turned_at_one_process_counts_at_all(three: Three, customer: Customer) -> None:
    switch = {"name": "doubled", "value": True}
    turned = Customer(three.urls).call("POST", "/sim/payment/switches", at=three.first.url, json=switch)
    assert turned.status_code == 200, turned.text
    before = balance(customer)
    for _time in range(3):
        customer.tops_up(10)
    Customer(three.urls).call("POST", "/sim/payment/switches", at=three.second.url, json=switch | {"value": False})
    assert balance(customer) == before + 3 * 1000  # every notice came twice, at either process
    assert paid_twice(three.dsn) == 0


def test_a_change_of_the_catalogue_at_one_process_is_seen_at_the_other(three: Three) -> None:
    partner = Customer(three.urls)
    form = {"client_id": "demo-partner", "client_secret": "onehall-demo-partner-secret", "grant_type": "client_credentials"}
    token = partner.call("POST", "/oauth/token", data=form).json()["access_token"]
    headers = {"authorization": f"Bearer {token}", "content-type": "application/merge-patch+json"}
    offering = "/tmf-api/productCatalogManagement/v4/productOffering/hall-8"

    def offered(url: str) -> bool:
        return "/plans/hall-8" in partner.call("GET", "/plans", at=url).text

    assert all(offered(url) for url in three.urls)
    changed = partner.call("PATCH", offering, at=three.first.url, json={"lifecycleStatus": "Retired"}, headers=headers)
    assert changed.status_code == 200, changed.text
    assert not offered(three.first.url)  # here at once
    until(lambda: not offered(three.second.url), "still offered by the second", CHECK_SECONDS + LAG_SECONDS)


def test_two_workers_do_no_job_twice(three: Three, customer: Customer, tmp_path: Path) -> None:
    told = "SELECT count(*) FROM event WHERE type = 'payment.received'"
    earlier = value(three.dsn, told)
    with parts(tmp_path, three.dsn) as begin:
        begin("work", ONEHALL_BASE_URL=three.first.url).ready()
        people = [customer, Customer(three.urls, OTHER).log_in()]
        before = [balance(person) for person in people]

        def tops_up(number: int) -> Any:
            return Customer.tops_up(people[number % 2].twin(three.urls), 10)

        with ThreadPoolExecutor(6) as many:
            list(many.map(tops_up, range(24)))
        assert [balance(person) for person in people] == [start + 12 * 1000 for start in before]
    assert (paid_twice(three.dsn), out_of_balance(three.dsn)) == (0, 0)
    assert value(three.dsn, told) == earlier + 24
    assert value(three.dsn, "SELECT count(*) FROM job WHERE state = 'dead'") == 0


def test_the_clock_that_is_moved_at_one_process_goes_on_at_the_others(three: Three, customer: Customer) -> None:
    world = Customer(three.urls)
    view = customer.begin("topup")

    def now(at: str, seconds: int = 0) -> datetime:
        return datetime.fromisoformat(world.call("POST", "/sim/clock", at=at, json={"seconds": seconds}).json()["now"])

    moved = now(three.first.url, (current().journey_days + 1) * 24 * HOUR)
    until(lambda: now(three.second.url) >= moved, "the second process lives in another time", 0.5 + LAG_SECONDS)
    state = "SELECT state FROM journey WHERE id = $1"  # the worker is in the same time: it closes what is over
    until(lambda: value(three.dsn, state, view["id"]) == "expired", "the worker lives in another time")
    assert now(three.first.url) >= moved and now(three.second.url) >= moved


def test_a_part_needs_a_database_that_is_there_and_up_to_date(tmp_path: Path) -> None:
    for part in ("serve", "work"):
        answer = run(part, ONEHALL_HOME=str(tmp_path))
        assert answer.returncode == 1
        assert answer.stderr == "DATABASE_URL must name the database that the processes of this house share; `onehall up` needs none\n"


def test_a_part_migrates_nothing(tmp_path: Path, bare_database: str) -> None:
    for part in ("serve", "work"):
        answer = run(part, ONEHALL_HOME=str(tmp_path), DATABASE_URL=bare_database)
        assert answer.returncode == 1
        assert answer.stderr.endswith("migrations are to be done): run onehall db migrate\n") and answer.stderr.count("\n") == 1
    assert value(bare_database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'onehall'") == 0
