"""A rolling upgrade: tomorrow's code migrates and serves beside today's, under load, and no customer notices."""

import asyncio
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from onehall.kernel.store.migrate import LOCK_MS
from tests.launch.commands import free_port
from tests.operate.processes import OTHER, Customer, Part, out_of_balance, parts, until, value
from tests.tidy.source import ROOT

pytestmark = pytest.mark.slow
migrates = sys.modules["onehall.kernel.store.migrate"]  # its package gives the function the same name
EXPAND = """ALTER TABLE event ADD COLUMN toy text NOT NULL DEFAULT 'as ever';
ALTER TABLE journey ADD COLUMN toy text;
ALTER TABLE journey ADD CONSTRAINT journey_toy CHECK (toy <> '') NOT VALID;
"""
INDEX = "CREATE INDEX CONCURRENTLY IF NOT EXISTS event_toy ON event (toy, home);\n"
CONTRACT = "ALTER TABLE event DROP COLUMN toy;\nALTER TABLE journey DROP COLUMN toy;\n"
WAIT_SECONDS_MAX = 3 * LOCK_MS / 1000 + 1.5  # three tables, and a busy machine


def tomorrow(folder: Path, **files: str) -> Path:
    """This will make a copy of the code with more migrations."""
    if not folder.exists():
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
    for name, text in files.items():
        (folder / "src" / "onehall" / "kernel" / "migrations" / f"{name[1:]}.sql").write_text(text)
    return folder


class Traffic:
    """Customers who top up and look, again and again."""

    def __init__(self, customer: Customer, urls: list[str]) -> None:
        self.customers = [customer.twin(urls) for _each in range(2)]
        self.over = threading.Event()
        self.done, self.slowest, self.errors = 0, 0.0, list[str]()
        self.threads = [threading.Thread(target=self._go, args=(one,)) for one in self.customers]

    def _go(self, customer: Customer) -> None:
        while not self.over.is_set():
            try:
                customer.tops_up(10)
                began = time.monotonic()
                customer.begin("balance.check")
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.done += 1
            except Exception as error:  # whatever a customer sees that is no answer
                self.errors.append(repr(error))

    @contextmanager
    def going(self) -> Iterator["Traffic"]:
        """This will keep them going."""
        for one in self.threads:
            one.start()
        try:
            yield self
        finally:
            self.over.set()
            for one in self.threads:
                one.join()


def migrate(source: Path, dsn: str) -> None:
    """This will run `onehall db migrate` of some code."""
    part = Part(source.parent, "db", "migrate", source=source, DATABASE_URL=dsn)
    assert part.process.wait(60) == 0, part.said


def test_old_and_new_code_serve_side_by_side_while_the_tables_change(demo_database: str, tmp_path: Path) -> None:
    new = tomorrow(tmp_path / "tomorrow", _0901_toy=EXPAND, _0902_toy_index=INDEX)
    with parts(tmp_path, demo_database) as begin:
        old, second, worker = begin("serve").ready(), begin("serve").ready(), begin("work").ready()
        customer = Customer([old.url, second.url], OTHER).log_in()
        with Traffic(customer, [old.url, second.url]).going() as traffic:
            until(lambda: traffic.done > 2, "no traffic")
            migrate(new, demo_database)
            before = traffic.done
            until(lambda: traffic.done > before + 4, f"the old code stands still: {traffic.errors}")
        assert traffic.errors == [] and traffic.slowest < WAIT_SECONDS_MAX
        assert value(demo_database, "SELECT count(*) FROM event WHERE toy <> 'as ever'") == 0
        assert value(demo_database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'event_toy'::regclass") is True

        ours = {"DATABASE_URL": demo_database, "ONEHALL_DEMO": "false", "ONEHALL_BASE_URL": old.url}
        fresh = Part(tmp_path, "serve", source=new, ONEHALL_PORT=str(free_port()), **ours).ready()
        hands = Part(tmp_path, "work", source=new, **ours).ready()
        try:
            with Traffic(customer, [old.url, fresh.url]).going() as traffic:  # old and new at once
                until(lambda: traffic.done > 4, f"no traffic: {traffic.errors}")
                assert worker.close() == 0 and second.close() == 0  # the old ones go, one by one
                before = traffic.done
                until(lambda: traffic.done > before + 4, f"no traffic: {traffic.errors}")
            assert traffic.errors == []
            with Traffic(customer, [fresh.url]).going() as traffic:  # nobody uses it any more: it goes
                until(lambda: traffic.done > 2, f"no traffic: {traffic.errors}")
                migrate(tomorrow(new, _0903_toy_gone=CONTRACT), demo_database)
                before = traffic.done
                until(lambda: traffic.done > before + 4, f"no traffic: {traffic.errors}")
            assert traffic.errors == []
        finally:
            assert [fresh.close(), hands.close()] == [0, 0]
    assert out_of_balance(demo_database) == 0


async def test_a_migration_steps_back_for_those_who_use_the_table(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tomorrow(tmp_path / "tomorrow", _0901_toy="ALTER TABLE event ADD COLUMN toy text;\n")
    monkeypatch.setattr(migrates, "SOURCE", files / "src" / "onehall")
    reader, other = await asyncpg.connect(database), await asyncpg.connect(database)
    await reader.execute("BEGIN; SELECT count(*) FROM onehall.event")  # a report that takes its time
    told: list[str] = []
    migrating = asyncio.create_task(migrates.migrate(database, told.append))
    slowest = 0.0
    for _look in range(40):
        began = time.monotonic()
        await other.fetchval("SELECT count(*) FROM onehall.event")
        slowest = max(slowest, time.monotonic() - began)
        await asyncio.sleep(0.05)
    assert not migrating.done() and told == ["kernel 0901_toy waits for its turn; those who use the table go first"]
    assert slowest < LOCK_MS / 1000 + 1
    await reader.execute("COMMIT")
    assert await migrating == 1
    assert await other.fetchval("SELECT count(toy) FROM onehall.event") == 0
    await reader.close()
    await other.close()


async def test_two_who_migrate_at_once_do_it_once(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = tomorrow(tmp_path / "tomorrow", _0901_toy="ALTER TABLE event ADD COLUMN toy text;\n", _0902_toy_index=INDEX)
    monkeypatch.setattr(migrates, "SOURCE", files / "src" / "onehall")
    done = await asyncio.gather(*(migrates.migrate(database) for _each in range(3)))
    assert sum(done) in (2, 3, 4)  # an index that is made aside may be asked for by several; it is there once
    assert await migrates.migrate(database) == 0
