"""The mix at a size at which it is a test: the real server over HTTP, a crowd in a process of its own, and figures that add up."""

import asyncio
import os
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from onehall.bench import mix, place
from onehall.bench.crowd import Came, Load, OfKind, _Crowd
from onehall.bench.mix import Measured, Wish, measure
from onehall.bench.tables import tell
from onehall.bench.verify import wrongs
from onehall.cli import _named
from onehall.kernel.settings import changed
from onehall.kernel.store import Store
from onehall.traffic import MIX

RATE, SECONDS = 6, 3


@pytest.fixture(scope="module")
def measured() -> Measured:
    """Two hundred customers, of whom six services a second are asked for three seconds."""
    with changed(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # for the server, which is a process of its own
        wish = Wish(0.0002, RATE, SECONDS, 1, "", False, 5_000, 1, 16, stock=2_000)
        return asyncio.run(measure(wish))


@pytest.mark.slow
def test_a_mix_is_held_without_error(measured: Measured) -> None:
    """All services that were due were served, each kind's and all times and costs are there, and nothing is wrong."""
    run = measured.mix
    assert run is not None and run.wrong == [] and mix.faults(measured) == []
    assert (run.all.services, run.all.errors) == (RATE * SECONDS, 0)
    assert sum(kind.services for kind in run.kinds.values()) == RATE * SECONDS
    assert set(run.kinds) == set(MIX)
    assert run.all.requests >= run.all.services
    assert 0 < run.all.answers.p50 <= run.all.answers.p95 <= run.all.answers.p99 <= run.all.answers.most
    assert min(run.cost.app_us, run.cost.postgres_us, run.cost.driver_us) > 0
    assert 1 < run.cost.statements < 500
    assert run.held(p99_ms=5_000) and not run.held(p99_ms=0.001)


@pytest.mark.slow
def test_what_was_measured_is_printed(measured: Measured, capsys: pytest.CaptureFixture[str]) -> None:
    """The rate, every kind; two sizes with their growth."""
    tell([measured, measured])
    printed = capsys.readouterr().out
    assert f"{RATE:.1f} services a second held" in printed
    assert all(kind in printed for kind in MIX)
    assert "1.00" in printed[printed.index("Growth") :]


async def test_a_run_that_was_told_more_than_there_is_is_wrong(store: Store) -> None:
    """One top-up and one line too many, and one error: each is named; with none of them all is right."""
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert await wrongs(store, since, Came({"top-up": OfKind(), "new line": OfKind()})) == []
    came = Came({"top-up": OfKind(services=1), "new line": OfKind(services=1), "plans": OfKind(errors=1, texts=["no"])})
    found = await wrongs(store, since, came)
    assert found == [
        "plans: 1 errors, as ['no']", "new line: 1 were told that it is done, and 0 are there",
        "top-up: 1 were told that it is done, and 0 are there",
    ]  # fmt: skip


async def test_a_payment_that_is_posted_never_is_found(store: Store) -> None:
    """Done, and without an entry."""
    now = datetime.now(UTC)
    async with store.edge(3) as tx:
        await tx.write(
            "INSERT INTO payment (home, id, once, minor, currency, text, channel, status, received, spent, doc, asked, until, revision) "
            "VALUES ($1, $2, 'x', 5000, 'CNY', '{}', 'api', 'done', 5000, 0, '{}', $3, $3, 1)", 3, tx.new_id(), now,
        )  # fmt: skip
    found = await wrongs(store, now - timedelta(seconds=1), Came({}))
    assert found == ["1 payments that are not posted once"]


def test_figures_are_the_times_within_which_a_share_was_over() -> None:
    """Of a hundred answers of 1..100 ms."""
    kind = OfKind(services=100, requests=130)
    kind.answers.extend(range(1, 101))
    found = place.figure([kind, OfKind(errors=2, texts=["no"])])
    assert (found.services, found.requests, found.errors, found.texts) == (100, 130, 2, ["no"])
    assert (found.answers.p50, found.answers.p95, found.answers.p99, found.answers.most) == (51, 96, 100, 100)


def test_of_every_deck_each_kind_has_its_share() -> None:
    """Two hundred services are of the kinds in the shares of the mix; the same luck draws the same again."""
    drawn = []
    for _time in range(2):
        crowd = _Crowd(Load("127.0.0.1", 1, MIX, 1, 1, [], "names", "luck"))
        drawn.append([crowd._next().name for _card in range(400)])
    assert drawn[0] == drawn[1]
    assert Counter(drawn[0][:200]) == Counter(drawn[0][200:]) == {kind: share // 5 for kind, share in MIX.items()}


def test_a_measurement_without_a_name_is_the_mix() -> None:
    """The others keep theirs."""
    assert _named(["bench"]) == ["bench", "mix"]
    assert _named(["bench", "--scale", "1"]) == ["bench", "mix", "--scale", "1"]
    assert _named(["bench", "debit", "--rate", "5"]) == ["bench", "debit", "--rate", "5"]
    assert _named(["bench", "--help"]) == ["bench", "--help"]
    assert _named(["up"]) == ["up"]
