"""Parts of a house as an operator runs them: processes of their own over one database, and a customer who meets them all."""

import asyncio
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any, Self

import asyncpg
import httpx
import psutil

from tests.ground import database
from tests.launch.commands import free_port, surroundings
from tests.tidy.source import ROOT

PATIENCE_SECONDS = 60
PHONE = "18600010001"
OTHER = "18600020001"
TWICE = "SELECT count(*) FROM (SELECT 1 FROM event WHERE type LIKE 'payment.%' GROUP BY key, type HAVING count(*) > 1) t"
OPEN = "Ctrl-C closes it"
SUMS = "SELECT count(*) FROM (SELECT 1 FROM posting GROUP BY home, currency HAVING sum(minor) <> 0) t"


class Part:
    """One running command of a house."""

    def __init__(self, folder: Path, *words: str, source: Path = ROOT, **settings: str) -> None:
        self.port = int(settings.get("ONEHALL_PORT", "0"))
        self.log = folder / f"{'-'.join(words[:2]).replace('/', '_')}-{self.port}-{time.monotonic_ns()}.log"
        ours = {"ONEHALL_HOME": str(folder / "home"), "ONEHALL_SECRET": database.SECRET, "ONEHALL_CALL_SECONDS": "5"}
        environment = surroundings(**(ours | settings)) | {"PYTHONPATH": str(source / "src")}
        with self.log.open("w") as out:
            command = [sys.executable, "-m", "onehall.cli", *words]
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=source)

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """What it has told so far."""
        return self.log.read_text()

    def ready(self) -> "Part":
        """This will wait until it is open."""
        until(lambda: OPEN in self.said or self.process.poll() is not None, "it did not open")
        assert self.process.poll() is None, self.said
        return self

    def children(self, command: str) -> list[psutil.Process]:
        """This will give the processes that it has started by a command."""
        found = psutil.Process(self.process.pid).children()
        return [child for child in found if command in child.cmdline()]

    def kill(self) -> None:
        """This will kill it as a machine does: at once."""
        self.process.kill()
        self.process.wait()

    def close(self, number: int = signal.SIGINT) -> int:
        """This will end it politely and give its status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@contextmanager
def parts(folder: Path, dsn: str, **settings: str) -> Iterator[Callable[..., Part]]:
    """This will give what starts parts over one database; all are ended at the end."""
    begun: list[Part] = []
    public = f"http://127.0.0.1:{free_port()}"

    def begin(*words: str, **more: str) -> Part:
        first = not any(part.port for part in begun)
        port = public.rsplit(":", 1)[1] if first else str(free_port())
        ours = {"DATABASE_URL": dsn, "ONEHALL_BASE_URL": public, "ONEHALL_DEMO": "false"} | settings | more
        begun.append(Part(folder, *words, **(ours if "work" in words else ours | {"ONEHALL_PORT": more.get("ONEHALL_PORT", port)})))
        return begun[-1]

    try:
        yield begin
    finally:
        for part in begun:
            if part.process.poll() is None:
                part.process.terminate()
        for part in begun:
            part.close()


def until(look: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """This will look again and again until there is something to see.

    :raises AssertionError: it did not come.
    """
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return found


class Customer:
    """A customer's app whose every call goes to the next process."""

    def __init__(self, urls: Sequence[str], phone: str = PHONE) -> None:
        self.client = httpx.Client(timeout=30, trust_env=False, follow_redirects=True)
        self.urls, self.phone = cycle(urls), phone

    def twin(self, urls: Sequence[str]) -> Self:
        """This will give the same customer with another app open, under the same login."""
        other = type(self)(urls, self.phone)
        other.client.headers["authorization"] = self.client.headers["authorization"]
        return other

    def call(self, method: str, path: str, at: str = "", **more: Any) -> httpx.Response:
        """This will call the next process, or the one named."""
        answer = self.client.request(method, (at or next(self.urls)) + path, **more)
        self.client.cookies.clear()
        return answer

    def log_in(self) -> "Customer":
        """This will log in by the code that comes to the phone."""
        before = len(self.messages())
        assert self.call("POST", "/api/login", json={"phone": self.phone}).status_code == 202
        text = until(lambda: self.messages()[before:], "no code came")[-1]["text"]
        body = {"phone": self.phone, "code": re.findall(r"(?<!\d)\d{6}(?!\d)", text)[0]}
        granted = self.call("POST", "/api/login/code", json=body)
        assert granted.status_code == 200, granted.text
        self.client.headers["authorization"] = f"Bearer {granted.json()['token']}"
        return self

    def messages(self) -> list[dict[str, Any]]:
        """This will give what came to the simulated phone."""
        return list(self.call("GET", f"/sim/phones/{self.phone}/messages").json())

    def begin(self, function: str, key: str | None = None, **given: Any) -> dict[str, Any]:
        """This will begin a journey."""
        headers = {"idempotency-key": key} if key else {}
        return self._view(self.call("POST", "/api/journeys", json={"function": function, "given": given}, headers=headers), 201)

    def answer(self, view: dict[str, Any], value: Any) -> dict[str, Any]:
        """This will answer the open question."""
        question = view["question"]
        body = {"key": question["key"], "turn": question["turn"], "value": value}
        return self._view(self.call("POST", f"/api/journeys/{view['id']}/answers", json=body), 200)

    def stands(self, view: dict[str, Any]) -> dict[str, Any]:
        """This will see how the journey stands."""
        return self._view(self.call("GET", f"/api/journeys/{view['id']}"), 200)

    def pays(self, view: dict[str, Any]) -> None:
        """This will pay at the bank's page; what was paid when a connection broke is not asked for again."""
        page = until(lambda: self._page(view["question"]["url"]) or self._is_paid(view), "no page of the bank")
        if isinstance(page, str):
            paid = self.client.post(page, data={"do": "pay"})
            assert paid.status_code == 200, paid.text

    def tops_up(self, yuan: int, key: str | None = None) -> dict[str, Any]:
        """This will top up, from the first word to the balance."""
        view = self.begin("topup", key, amount=yuan, line=None)
        while view["question"] and view["question"]["kind"] != "pay":
            view = self.answer(view, _first(view["question"], yuan))
        self.pays(view)
        return dict(until(lambda: (now := self.stands(view))["state"] == "done" and now, "the top-up did not end"))

    def _page(self, url: str) -> str | None:
        where = httpx.URL(url)
        answer = self.client.get(next(self.urls) + where.raw_path.decode())
        self.client.cookies.clear()
        return str(answer.url) if "/sim/bank/" in str(answer.url) else None

    def _is_paid(self, view: dict[str, Any]) -> bool:
        question = self.stands(view)["question"]
        return question is None or question["kind"] != "pay"

    @staticmethod
    def _view(answer: httpx.Response, status: int) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        return dict(answer.json())


def _first(question: dict[str, Any], yuan: int) -> Any:
    if question["kind"] == "choose":
        return question["options"][0]["value"]
    return True if question["kind"] == "confirm" else yuan


def alive(pid: int) -> bool:
    """This will say whether a process lives and is not a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def value(dsn: str, sql: str, *values: Any) -> Any:
    """This will read one value out of the tables."""
    return asyncio.run(_value(dsn, sql, *values))


async def _value(dsn: str, sql: str, *values: Any) -> Any:
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "onehall"})
    try:
        return await connection.fetchval(sql, *values)
    finally:
        await connection.close()


def paid_twice(dsn: str) -> int:
    """This will count the payments of which any step was told more than once."""
    return int(value(dsn, TWICE))


def out_of_balance(dsn: str) -> int:
    """This will count the homes and currencies whose postings do not sum to zero."""
    return int(value(dsn, SUMS))
