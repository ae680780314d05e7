"""`onehall up` with several processes: who dies is started again, nobody outlives the house, and no kill loses anything."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.ground import database as databases
from tests.launch.commands import free_port
from tests.operate.processes import OTHER, PHONE, Customer, Part, alive, out_of_balance, paid_twice, parts, until, value

pytestmark = pytest.mark.slow
ORPHAN_SECONDS_MAX = 3.0
TRIES = 40
UNTIL_SECONDS = 31 * 60  # a payment's time is over: the bank is asked what became of it
NOTICED = "SELECT count(*) FROM event WHERE type = 'payment.received'"


@pytest.fixture
def begin(demo_database: str, tmp_path: Path) -> Iterator[Callable[..., Part]]:
    with parts(tmp_path, demo_database) as starts:
        yield starts


@pytest.fixture(scope="module")
def standing(demo_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Part]:
    """A house of several that stays open, for those who only look at it."""
    name = f"t_standing_{os.getpid()}"
    with parts(tmp_path_factory.mktemp("standing"), databases.clone(demo_template, name)) as starts:
        yield open_house(starts)
    databases.drop(name)


def open_house(begin: Callable[..., Part], **settings: str) -> Part:
    return begin("up", ONEHALL_PROCESSES="2", **settings).ready()


def members(house: Part) -> list[psutil.Process]:
    return house.children("serve") + house.children("work")


def test_two_serve_one_works_and_all_end_with_the_house(begin: Callable[..., Part]) -> None:
    house = open_house(begin)
    processes = members(house)
    assert [len(house.children("serve")), len(house.children("work"))] == [2, 1]
    assert "2 app processes share the port; a worker process does the jobs" in house.said
    Customer([house.url]).log_in().tops_up(20)
    assert house.close() == 0
    assert not any(alive(one.pid) for one in processes)
    assert "Traceback" not in house.said


def test_counters_are_those_of_all_processes(standing: Part) -> None:
    house = standing
    calls = 40
    for _call in range(calls):
        assert httpx.get(f"{house.url}/api/functions").status_code == 200  # a connection of its own for each
    counted = 'onehall_request_seconds_count{method="GET",route="/api/functions",status="200"} '

    def count() -> float:
        lines = httpx.get(f"{house.url}/metrics").text.splitlines()
        return sum(float(line.removeprefix(counted)) for line in lines if line.startswith(counted))

    until(lambda: count() == calls, "not all are counted")


def test_a_crowd_that_comes_at_once_is_shared_evenly(standing: Part) -> None:
    house = standing
    crowd = [socket.create_connection(("127.0.0.1", house.port)) for _each in range(80)]
    for one in crowd:
        one.sendall(b"GET /healthz HTTP/1.1\r\nhost: hall\r\n\r\n")
    assert all(one.recv(15) == b"HTTP/1.1 200 OK" for one in crowd)
    shares = [len(part.net_connections(kind="tcp")) - 1 for part in house.children("serve")]
    for one in crowd:
        one.close()
    assert sum(shares) == 80 and min(shares) >= 20


@pytest.mark.parametrize("command", ["serve", "work"])
def test_who_is_killed_is_started_again_and_told_of(begin: Callable[..., Part], command: str) -> None:
    house = open_house(begin)
    victim = house.children(command)[0]
    others = [one.pid for one in members(house) if one.pid != victim.pid]
    victim.kill()
    until(lambda: "(killed by SIGKILL); it is started again now" in house.said, "nobody told of it")
    until(lambda: len(house.children(command)) == (2 if command == "serve" else 1), "it was not started again")
    assert {one.pid for one in members(house)} > set(others)
    Customer([house.url]).log_in().tops_up(20)
    victim = house.children(command)[0]
    victim.kill()  # a second time there is a wait
    until(lambda: "it is started again in 1 s" in house.said or house.said.count("again now") == 2, "nobody told of it")


def test_when_the_house_is_killed_nobody_serves_on_and_the_port_is_free_for_the_next(begin: Callable[..., Part]) -> None:
    house = open_house(begin)
    processes = members(house)
    house.kill()
    until(lambda: not any(alive(one.pid) for one in processes), "an orphan lives on", ORPHAN_SECONDS_MAX)
    again = begin("up", ONEHALL_PORT=str(house.port), ONEHALL_PROCESSES="2").ready()
    assert httpx.get(f"{again.url}/healthz").status_code == 200


class Stubborn(Customer):
    """A customer whose app tries again, under the same key, when a connection breaks."""

    def call(self, method: str, path: str, at: str = "", **more: Any) -> httpx.Response:
        """This will call, again if nobody answers."""
        return self._again(lambda: super(Stubborn, self).call(method, path, at, **more))

    def pays(self, view: dict[str, Any]) -> None:
        """This will pay; a page that was posted twice is paid once."""
        self._again(lambda: super(Stubborn, self).pays(view))

    @staticmethod
    def _again(do: Callable[[], Any]) -> Any:
        for attempt in range(TRIES):
            try:
                return do()
            except httpx.TransportError:
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.1)
        raise AssertionError("not reached")


def test_an_app_process_killed_under_load_loses_nothing(begin: Callable[..., Part], demo_database: str) -> None:
    house = open_house(begin)
    people = [Stubborn([house.url], phone).log_in() for phone in (PHONE, OTHER)]
    before = [balance(person) for person in people]

    def asks(number: int) -> dict[str, Any]:
        person = people[number % 2].twin([house.url])
        view = person.begin("topup", f"load-{number}", amount=10)
        if view["question"]["kind"] == "enter":
            view = person.answer(view, 10)
        person.pays(view)
        return view

    with ThreadPoolExecutor(6) as many:
        asked = [many.submit(asks, number) for number in range(60)]
        for kill in range(2):
            until(lambda part=kill: sum(one.done() for one in asked) > 12 * (part + 1), "no load")
            os.kill(house.children("serve")[kill].pid, signal.SIGKILL)
        views = [one.result() for one in asked]
    # the simulated bank lives in the house: a notice it was about to send when it was killed is lost, and the bank is asked later
    until(lambda: value(demo_database, NOTICED) >= 60 - 12, "hardly any notice came")
    time.sleep(1)
    people[0].call("POST", "/sim/clock", json={"seconds": UNTIL_SECONDS})
    until(lambda: value(demo_database, NOTICED) == 60, "a payment was lost")
    until(lambda: all(people[number % 2].stands(view)["state"] == "done" for number, view in enumerate(views)), "a journey is stuck")
    assert [balance(person) for person in people] == [start + 30 * 1000 for start in before]
    assert (paid_twice(demo_database), out_of_balance(demo_database)) == (0, 0)


def test_two_houses_on_one_database_are_one(begin: Callable[..., Part], demo_database: str) -> None:
    houses = [begin("up"), begin("up", ONEHALL_PROCESSES="2")]
    customer = Customer([house.ready().url for house in houses]).log_in()
    before = balance(customer)
    for _time in range(4):
        customer.tops_up(10)
    assert balance(customer) == before + 4 * 1000
    houses[1].kill()  # the other goes on alone with what both had begun
    customer = customer.twin([houses[0].url])
    customer.tops_up(10)
    assert balance(customer) == before + 5 * 1000
    assert (paid_twice(demo_database), out_of_balance(demo_database)) == (0, 0)


def test_two_houses_may_open_a_bare_database_at_once(bare_database: str, tmp_path: Path) -> None:
    with parts(tmp_path, bare_database, ONEHALL_DEMO="true") as begin:
        houses = [begin("up"), begin("up")]
        for house in houses:
            house.ready()
        assert sum("Opening the demo operator" in house.said for house in houses) == 1
        assert all("Traceback" not in house.said for house in houses)
        Customer([house.url for house in houses]).log_in().tops_up(10)


def test_a_house_of_several_says_when_the_port_is_taken(standing: Part, begin: Callable[..., Part]) -> None:
    house = standing
    second = begin("up", ONEHALL_PORT=str(house.port), ONEHALL_PROCESSES="2")
    assert second.process.wait(30) == 1
    assert f"Port {house.port} on 127.0.0.1 cannot be used" in second.said and second.said.count("\n") == 1
    assert house.port != free_port()


def balance(customer: Customer) -> int:
    """The customer's balance, in fen."""
    said = customer.begin("balance.check")["said"]
    return next(int(item["raw"]["minor"]) for item in said["facts"] if item["kind"] == "money")
