"""`onehall serve` and `onehall work`: one process of a house that has several, on one machine or on many.

Both go by a database that is there and up to date (DATABASE_URL, `onehall db migrate`): they make, migrate and fill nothing.
"""

import asyncio
import socket
from contextlib import closing

import asyncpg

from onehall.kernel.settings import Settings
from onehall.kernel.store import missing_migrations
from onehall.launch.database import Say, check
from onehall.launch.port import listen
from onehall.launch.serving import serve_app, settle
from onehall.launch.stopping import Line, Stop, line, stopping
from onehall.launch.trouble import Trouble


async def serve(settings: Settings, say: Say) -> None:
    """This will serve as one app process until a signal comes: no worker, no demo, no PostgreSQL of its own.

    :raises Trouble: there is no database, it is not up to date, or the port is taken.
    """
    life = line()
    with stopping(life) as stop:
        with closing(_listening(settings, life)) as taken:
            await _check(settings)
            await serve_app(settings, taken, stop, lambda _app: _open(settings, life, say), works=False, shared=life is not None)


async def work(settings: Settings, say: Say) -> None:
    """This will do the jobs as one worker process until a signal comes; it listens on no port.

    :raises Trouble: there is no database, or it is not up to date.
    """
    life = line()
    with stopping(life) as stop:
        await _check(settings)
        await _work(settings, life, stop, say)


def _listening(settings: Settings, life: Line | None) -> socket.socket:
    if life and life.listening is not None:
        return socket.socket(fileno=life.listening)
    return listen(settings.host, settings.port)


def _open(settings: Settings, life: Line | None, say: Say) -> None:
    if life:
        life.ready()
    else:
        say(f"Onehall is open at {settings.url}, as one app process. Ctrl-C closes it.")


async def _work(settings: Settings, life: Line | None, stop: Stop, say: Say) -> None:
    from onehall import app  # the only module that knows everyone; loaded late, so that a bad start is told at once
    from onehall.kernel import telemetry

    telemetry.configure(settings)
    over = asyncio.Event()
    stop.end = lambda _again: over.set()
    house = app.House(settings)
    await house.open()
    settle()
    try:
        if life:
            life.ready()
        else:
            say("Onehall works, as one worker process. Ctrl-C closes it.")
        await over.wait()
    finally:
        await house.close()


async def _check(settings: Settings) -> None:
    if not settings.database_url:
        raise Trouble("DATABASE_URL must name the database that the processes of this house share; `onehall up` needs none")
    await check(settings.database_url)
    connection = await asyncpg.connect(settings.database_url)
    try:
        missing = await missing_migrations(connection)
    finally:
        await connection.close()
    if missing:
        raise Trouble(f"The database is not up to date ({len(missing)} migrations are to be done): run onehall db migrate")
