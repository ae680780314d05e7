"""What a measurement prints for people."""

from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from onehall.bench.place import Figure, Run

if TYPE_CHECKING:
    from onehall.bench.mix import Measured

WIDTH: Final = 160
CAPTION: Final = (
    "Times in ms; a whole service has waits of its own. Costs for one service: processor microseconds, statements, transactions; "
    "those of a kind are from a run of that kind alone."
)
COLUMNS: Final = ("services", "requests", "errors", "p50", "p95", "p99", "max", "whole p50", "whole p99")
COSTS: Final = ("app", "PostgreSQL", "driver", "statements", "transactions")


def tell(sizes: "list[Measured]") -> None:
    """This will print tables of what was measured at one size or at two."""
    console = Console(width=WIDTH)
    for one in sizes:
        if one.mix:
            console.print(_mix(one))
        for name, run in one.alone.items():
            if run.wrong:
                console.print(f"{name} alone was wrong: {run.wrong[0]}", style="red", markup=False)
    if len(sizes) > 1:
        console.print(_growth(sizes[0], sizes[1]))


def _mix(one: "Measured") -> Table:
    run = one.mix
    assert run is not None
    if run.wrong:
        title = f"Wrong, and therefore without a rate: {run.wrong[0]}"
    else:
        title = (
            f"{run.rate:,.1f} services a second held for {run.seconds:.0f} s, of {one.filled.lives:,} customers with a year of history "
            f"({one.filled.bytes / 1e9:.1f} GB); {run.others:.0%} of the machine went to others"
        )
    table = Table(title=title, box=SIMPLE, caption=CAPTION)
    table.add_column("kind", no_wrap=True)
    for column in (*COLUMNS, *COSTS):
        table.add_column(column, justify="right")
    for kind, figure in run.kinds.items():
        table.add_row(kind, *_figures(figure), *_costs(one.alone.get(kind)))
    table.add_section()
    table.add_row("all", *_figures(run.all), *_costs(run), style="bold")
    return table


def _figures(figure: Figure) -> tuple[str, ...]:
    times = (figure.answers.p50, figure.answers.p95, figure.answers.p99, figure.answers.most, figure.wholes.p50, figure.wholes.p99)
    return (f"{figure.services:,}", f"{figure.requests:,}", str(figure.errors), *(f"{time:,.1f}" for time in times))


def _costs(run: Run | None) -> tuple[str, ...]:
    if run is None:
        return ("-",) * len(COSTS)
    cost = run.cost
    micro = (f"{one:,.0f}" for one in (cost.app_us, cost.postgres_us, cost.driver_us))
    return (*micro, f"{cost.statements:.1f}", f"{cost.transactions:.1f}")


def _growth(small: "Measured", large: "Measured") -> Table:
    times = large.filled.lives / small.filled.lives
    table = Table(title=f"Growth: what a service costs with {times:,.0f} times the data, against what it cost before", box=SIMPLE)
    for column in ("kind", "before, µs", "after, µs", "ratio", "statements before", "after"):
        table.add_column(column, justify="left" if column == "kind" else "right")
    pairs = [(kind, small.alone[kind], large.alone[kind]) for kind in small.alone if kind in large.alone]
    for kind, before, after in [*pairs, *([("all", small.mix, large.mix)] if small.mix and large.mix else [])]:
        ratio = after.cost.house_us / max(1.0, before.cost.house_us)
        table.add_row(
            kind, f"{before.cost.house_us:,.0f}", f"{after.cost.house_us:,.0f}", f"{ratio:.2f}", f"{before.cost.statements:.1f}",
            f"{after.cost.statements:.1f}",
        )  # fmt: skip
    return table
