"""PostgreSQL of an operator's kind: a durable primary of its own, and a streaming replica made by pg_basebackup."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from onehall.launch import postgres
from onehall.launch.postgres import Running, binaries, postmaster
from onehall.launch.postgres.account import Account, account_for


@dataclass
class Primary:
    """A durable PostgreSQL."""

    running: Running
    account: Account
    bin_folder: Path

    @property
    def dsn(self) -> str:
        """Its database."""
        return self.running.dsn


@dataclass
class Copy:
    """A cluster that was made from another."""

    place: Path
    primary: Primary
    entry: postmaster.Entry | None = None

    @property
    def dsn(self) -> str:
        """Its database, whether it lives or not: the socket lies in its folder."""
        entry = self.entry or self.primary.running.entry
        return postmaster.Entry(entry.pid, entry.port, str(self.place), True).dsn("onehall")

    def start(self) -> "Copy":
        """This will start it and wait until it may be read."""
        log = self.place.with_suffix(".log")
        self.entry = postmaster.launch(self.place, self.primary.account, self.primary.bin_folder, log, durable=True)
        return self

    def stop(self) -> None:
        """This will end it."""
        if self.entry:
            postmaster.end(self.entry, self.place)


@contextmanager
def primary(folder: Path) -> Iterator[Primary]:
    """This will run a durable PostgreSQL in a folder with a short path."""
    folder.chmod(0o755)
    running = asyncio.run(postgres.start(folder / "first"))
    account = account_for(running.place)
    try:
        yield Primary(running, account, binaries.binaries(account) / "bin")
    finally:
        asyncio.run(running.stop())


@contextmanager
def replica(of: Primary, place: Path) -> Iterator[Copy]:
    """This will make a replica that streams from the primary; without pg_basebackup the test is skipped."""
    program = of.bin_folder / "pg_basebackup"
    if not program.exists():
        pytest.skip("there is no pg_basebackup beside this PostgreSQL")
    entry = of.running.entry
    command = [program, "-D", place, "-R", "-X", "stream", "-c", "fast", "-h", entry.socket_folder, "-p", str(entry.port), "-U", "onehall"]
    subprocess.run(command, check=True, capture_output=True)
    own(place, of.account)
    copy = Copy(place, of)
    try:
        yield copy.start()
    finally:
        copy.stop()


def own(place: Path, account: Account) -> None:
    """This will give a copied cluster to the account that runs PostgreSQL, without the socket of the one it was copied from."""
    for left in place.glob(".s.PGSQL.*"):
        left.unlink()
    for path in (place, *place.rglob("*")):
        account.own(path)
