"""The commands: `onehall up`, `serve`, `work`, `load`, `bill`, `replay`, `functions`, `rules`, `docs`, `cards`, `db migrate`."""

import asyncio
import gc
import importlib
import importlib.util
import os
import sys
from collections.abc import Coroutine
from datetime import date
from pathlib import Path
from typing import Any

import uvloop
from cyclopts import App

from onehall.kernel.settings import BadSetting, Settings, read
from onehall.launch import database
from onehall.launch.say import complain, say
from onehall.launch.trouble import Trouble

command = App(name="onehall", help="One hall, every channel.")
load = App(name="load", help="Bring real plans, customers or numbers into the house; safe to run twice.")
db = App(name="db", help="The database.")
bench = App(name="bench", help="How fast the house is, measured on a database made for it and thrown away.")
for part in (load, db, bench):
    command.command(part)
for kind in ("backup", "archive", "restore"):
    db.command(f"onehall.launch.keeping:{kind}", name=kind)
# each file of onehall/loaders is one command: its coroutine function `load`
for kind in ("plans", "customers", "numbers", "megaline", "usage", "calendar", "months"):
    if importlib.util.find_spec("onehall.loaders") and importlib.util.find_spec(f"onehall.loaders.{kind}"):
        load.command(f"onehall.loaders.{kind}:load", name=kind)
command.command("onehall.channels.agent.command:agent", name="agent")
for kind in ("chaos", "check"):
    if importlib.util.find_spec("onehall.chaos"):
        command.command(f"onehall.chaos.command:{kind}", name=kind)
# each file of onehall/bench is one command: its function `bench`
for kind in ("mix", "rating", "bills", "debit", "floor", "campaign"):
    if importlib.util.find_spec("onehall.bench") and importlib.util.find_spec(f"onehall.bench.{kind}"):
        bench.command(f"onehall.bench.{kind}:bench", name=kind)


def settings() -> Settings:
    """This will read the settings, with the data folder in its place.

    :raises BadSetting: one of them cannot be read.
    """
    return database.at_home(read(), dict(os.environ))


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """This will do asynchronous work to its end on the quick event loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@command.command
def up() -> None:
    """Start everything and serve until Ctrl-C."""
    from onehall.launch.up import up as all_up

    run(all_up(settings(), say))


@command.command
def serve() -> None:
    """Serve as one app process on the database of DATABASE_URL: no jobs, nothing started beside it."""
    from onehall.launch.part import serve as serve_part

    run(serve_part(settings(), say))


@command.command
def work() -> None:
    """Do the jobs as one worker process on the database of DATABASE_URL, without a port."""
    from onehall.launch.part import work as work_part

    run(work_part(settings(), say))


@command.command
def bill(*, month: str = "", csv: Path | None = None, workers: int = 0) -> None:
    """Bill every cycle that is over and not billed yet, and say how the bills stand to the books.

    Parameters
    ----------
    month
        Only cycles that begin in this month, as 2026-10.
    csv
        Where to write user_id,month,amount of every bill.
    workers
        Processes that bill at once; 0 for as many as fit.
    """
    from onehall.launch import bills

    async def billing() -> int:
        async with database.opened(settings(), say) as store:
            done = await bills.bill_all(store, say, only, workers)
            say(f"{done.parts:,} parts billed in {done.seconds:.1f} s")
            off = await bills.report(store, say)
            if csv:
                say(f"{await bills.write_csv(store, csv, only):,} months of users written to {csv}")
            return off

    only = _month(month)
    if run(billing()):
        raise Trouble("Bills and books differ; see above")


@command.command
def replay(
    *, seed: int = 1, scale: float = 0.05, day: Path | None = None, on: str = "2026-11-30", write: Path | None = None,
    keep: Path | None = None, watch: bool = False, port: int = 8100, minutes: float = 0,
) -> None:  # fmt: skip
    """Play a simulated day of the operator in a house of its own, to a digest of the books: the same day gives the same digest.

    Parameters
    ----------
    seed
        What the day is drawn from.
    scale
        Its share of a day of 20,000 services.
    day
        A file with a day, in place of one that is drawn.
    on
        Which day it is; the night after the last of a month bills it.
    write
        Only write the day to this file.
    keep
        An empty folder in which the house and its books are kept.
    watch
        Show the day on a page while it runs, and keep the page.
    port
        The page's port on this machine.
    minutes
        How long the day shall take; 0 for as fast as it goes.
    """
    from onehall.replay.replay import Wanted
    from onehall.replay.replay import replay as play

    try:
        which = date.fromisoformat(on)
    except ValueError:
        raise Trouble(f"{on!r} is no day: it should be like 2026-11-30") from None
    wanted = Wanted(
        seed=seed, scale=scale, date=which, file=day, write=write, keep=keep, watch=watch, port=port, minutes=minutes
    )
    run(play(wanted, _checker(), say))


def _checker() -> Any:
    """The independent checker of the tables, where it is there."""
    if importlib.util.find_spec("onehall.chaos.checker") is None:
        return None
    return importlib.import_module("onehall.chaos.checker").check


@command.command
def functions() -> None:
    """Print every function with its proof, channels, family and cost by hand."""
    from onehall.launch import reference

    for line in reference.functions():
        say(line)


@command.command
def rules() -> None:
    """Print every business rule, one line each, with the place where it is written."""
    from onehall.launch import reference

    for line in reference.rules():
        say(line)


@command.command
def docs(*, check: bool = False) -> None:
    """Write docs/reference from the code.

    Parameters
    ----------
    check
        Change nothing, and fail when a page is stale.
    """
    from onehall.launch import reference

    stale = reference.stale()
    if check and stale:
        raise Trouble(f"Stale: {', '.join(stale)}. Run make docs")
    reference.write()
    say(f"docs/reference: {', '.join(stale)} written" if stale else "docs/reference is fresh")


@command.command
def cards(
    *, count: int = 0, amount: str = "50", out: Path | None = None, days: int = 730, block: str | None = None,
    resume: bool = False,
) -> None:  # fmt: skip
    """Make top-up cards, whose PINs are written to a new file and kept nowhere else; go on with or block a batch of them.

    Parameters
    ----------
    count
        How many.
    amount
        What each is worth, in yuan.
    out
        The file for the PINs.
    days
        For how many days they are good.
    block
        A batch whose unused cards are to be blocked; nothing is made then.
    resume
        Go on with the batch that was broken off in the file.
    """
    from onehall.launch import cards as maker

    if block:
        run(maker.block(settings(), say, block))
        return
    if out is None:
        raise Trouble("Name the file for the PINs: --out FILE")
    run(maker.resume(settings(), say, out) if resume else maker.make(settings(), say, count, amount, out, days))


@command.command
def install_assets() -> None:
    """Fetch the page assets (npm) unless they are there."""
    from onehall.launch import assets

    assets.fetch(say)


@db.command
def migrate() -> None:
    """Bring the database to today's schema."""

    async def work() -> None:
        async with database.opened(settings(), say):
            say("The database is up to date")

    run(work())


def _month(words: str) -> date | None:
    """The first day of a month as 2026-10; None where nothing is said."""
    if not words:
        return None
    try:
        return date.fromisoformat(f"{words}-01")
    except ValueError:
        raise Trouble(f"{words!r} is no month: it should be like 2026-10") from None


def _named(words: list[str]) -> list[str]:
    """A measurement that is not named is that of the mix."""
    plain = words[:1] == ["bench"] and (len(words) == 1 or (words[1].startswith("-") and words[1] not in ("--help", "-h")))
    return ["bench", "mix", *words[1:]] if plain else words


def main() -> None:
    """This will run one command; a person's mistake is told in one line and ends with status 1."""
    gc.set_threshold(10_000, 20, 50)  # most of what is loaded stays: to look it over is up to a fifth of a start
    try:
        command(_named(sys.argv[1:]))
    except (Trouble, BadSetting) as no:
        complain(str(no))
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:  # the reader of our lines (`| head`) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


if __name__ == "__main__":
    main()
