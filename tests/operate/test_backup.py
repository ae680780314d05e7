"""The drill: a backup under load, more is written, and the database is brought back to a moment in between."""

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onehall.chaos import checker
from tests.launch.commands import free_port, run
from tests.operate.processes import OTHER, PHONE, Customer, Part, out_of_balance, value

pytestmark = pytest.mark.slow


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="onehall-drill-", ignore_cleanup_errors=True) as place:
        Path(place).chmod(0o755)
        yield Path(place)


def house(folder: Path, home: str) -> Part:
    opened = Part(folder, "up", ONEHALL_HOME=str(folder / home), ONEHALL_PORT=str(free_port()), ONEHALL_SECRET="")
    return opened.ready()


def dsn(folder: Path, home: str) -> str:
    from onehall.launch import postgres

    found = postgres.running_in(folder / home)
    assert found is not None
    return found


def balance(customer: Customer) -> int:
    said = customer.begin("balance.check")["said"]
    return next(int(item["raw"]["minor"]) for item in said["facts"] if item["kind"] == "money")


def copied_under_load(folder: Path, keep: Path, other: Customer) -> int:
    """This will back up while a customer tops up again and again; gives how often that was."""
    over, rounds = threading.Event(), [0]

    def load() -> None:
        while not over.is_set():
            other.tops_up(10)
            rounds[0] += 1

    busy = threading.Thread(target=load)
    busy.start()
    copied = run("db", "backup", str(keep), ONEHALL_HOME=str(folder / "first"))
    assert copied.returncode == 0, copied.stderr
    while rounds[0] < 3:
        time.sleep(0.1)
    over.set()
    busy.join()
    return rounds[0]


def test_a_database_is_brought_back_to_a_moment_with_all_before_it_and_nothing_after_it(folder: Path) -> None:
    first, keep = house(folder, "first"), folder / "keep"
    person, other = Customer([first.url]).log_in(), Customer([first.url], OTHER).log_in()
    begun = balance(person), balance(other)
    archiving = Part(folder, "db", "archive", str(keep), ONEHALL_HOME=str(folder / "first")).ready()
    rounds = copied_under_load(folder, keep, other)
    person.tops_up(100)
    time.sleep(1.1)
    moment = datetime.now(UTC)
    facts = value(dsn(folder, "first"), "SELECT count(*) FROM event WHERE at <= $1", moment)
    time.sleep(1.1)
    person.tops_up(500)  # the mistake that is to be undone
    assert balance(person) == begun[0] + 60_000
    time.sleep(1)
    assert first.close() == 0
    assert archiving.close() == 0

    again = run("db", "restore", str(keep), "--to", moment.isoformat(), ONEHALL_HOME=str(folder / "second"))
    assert again.returncode == 0, again.stderr
    second = house(folder, "second")
    opened = dsn(folder, "second")
    assert value(opened, "SELECT count(*) FROM event WHERE at > $1 AND type LIKE 'payment.%'", moment) == 0
    assert value(opened, "SELECT count(*) FROM event WHERE at <= $1", moment) == facts
    assert out_of_balance(opened) == 0
    assert asyncio.run(checker.check(opened)) == []
    assert [balance(one.twin([second.url])) for one in (person, other)] == [begun[0] + 10_000, begun[1] + rounds * 1000]
    person.twin([second.url]).tops_up(10)  # it goes on from there, with the logins and the secret of before
    assert second.close() == 0


def test_what_cannot_be_restored_is_told_in_one_line_and_leaves_nothing(folder: Path) -> None:
    keep, home = folder / "keep", folder / "home"
    for words, told in (
        (["db", "restore", str(keep)], f"There is no such backup in {keep}"),
        (["db", "restore", str(keep), "--to", "yesterday"], "'yesterday' is no moment: it should be like 2026-10-12T14:30:00Z"),
    ):
        answer = run(*words, ONEHALL_HOME=str(home))
        assert (answer.returncode, answer.stderr.strip()) == (1, told)
    (home / "postgres").mkdir(parents=True)
    (keep / "base-20260101T000000Z").mkdir(parents=True)
    answer = run("db", "restore", str(keep), ONEHALL_HOME=str(home))
    assert answer.stderr.strip() == f"The data folder {home} holds a database already: name an empty one by ONEHALL_HOME"
    assert PHONE
