"""What the house lets its keepers see: structured logs, counters at `/metrics`, and `/healthz`."""

import asyncio
import logging
import os
import re
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog
from litestar import Response, get
from litestar.datastructures import State
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from onehall.kernel.settings import Settings

TOGETHER = "PROMETHEUS_MULTIPROC_DIR"  # a folder in which the processes of one house keep their counters side by side
LATEST: Literal["mostrecent"] = "mostrecent"  # of a gauge that several processes set, what was set last is true
REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "onehall_request_seconds", "Time to answer a request.", ["method", "route", "status"], registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
REFUSALS = Counter("onehall_refusals_total", "Business noes, by code.", ["code"], registry=REGISTRY)
INCIDENTS = Counter("onehall_incidents_total", "Errors that are bugs, by where they showed.", ["where"], registry=REGISTRY)
JOBS = Counter("onehall_jobs_total", "Jobs by kind and end: done, again, dead, lost.", ["kind", "end"], registry=REGISTRY)
STATEMENTS = Counter("onehall_statements_total", "Statements sent to the database, but BEGIN and COMMIT.", registry=REGISTRY)
JOBS_OLDEST = Gauge(
    "onehall_job_oldest_seconds", "How long the oldest due job has waited.", registry=REGISTRY, multiprocess_mode=LATEST
)
JOBS_DEAD = Gauge("onehall_jobs_dead", "Dead letters that wait for a person.", registry=REGISTRY, multiprocess_mode=LATEST)
REPLICA_LAG = Gauge(
    "onehall_replica_lag_seconds", "How far the replica is behind; -1 when it is away.", registry=REGISTRY, multiprocess_mode=LATEST
)
REPLICA_READS = Counter("onehall_replica_reads_total", "Reads of the replica: replica, fell back.", ["where"], registry=REGISTRY)
BUS_TOLD = Counter("onehall_bus_told_total", "Facts told to the bus outside.", registry=REGISTRY)
BUS_WAITING = Gauge("onehall_bus_waiting", "Facts that wait for the bus, 100,000 at most.", registry=REGISTRY, multiprocess_mode=LATEST)
BUS_BEHIND = Gauge(
    "onehall_bus_behind_seconds", "How far the bus is behind the log; 0 when nothing waits.", registry=REGISTRY, multiprocess_mode=LATEST
)

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_HIDDEN = frozenset({"password", "secret", "token", "code", "document", "authorization", "cookie", "client_secret", "totp", "otp"})
_DOCUMENT = re.compile(r"(?<![0-9A-Za-z])(\d{3})\d{11,14}([0-9Xx])(?![0-9A-Za-z])")

log = structlog.get_logger("onehall")


def configure(settings: Settings) -> None:
    """This will set how log lines are written, once at the start."""
    last: Any = structlog.processors.JSONRenderer() if settings.log_form == "json" else structlog.dev.ConsoleRenderer()
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each call out says nothing that the log of facts does not
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # as text, so that what is private is hidden in it too
            hide_private,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        cache_logger_on_first_use=False,
    )


def hide_private(logger: Any, method: str, line: MutableMapping[str, Any]) -> dict[str, Any]:
    """This will keep secrets and identity documents out of a log line."""
    return {name: _hidden(name, value) for name, value in line.items()}


def _hidden(name: str, value: Any) -> Any:
    if name.lower() in _HIDDEN:
        return "***"
    if isinstance(value, str):
        return _DOCUMENT.sub(r"\1***\2", value)
    if isinstance(value, dict):
        return {key: _hidden(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hidden("", item) for item in value]
    return value


@get("/metrics", include_in_schema=False, opt={"public": True})
async def metrics() -> Response[bytes]:
    """This will give the counters in Prometheus' text form: of this process, or of all that count in one folder."""
    return Response(generate_latest(counted()), media_type=CONTENT_TYPE_LATEST)


def counted() -> CollectorRegistry:
    """This will give the counters of this process, or those of all processes of the house where they count together."""
    if TOGETHER not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together


@get("/healthz", include_in_schema=False, opt={"public": True})
async def healthz(state: State) -> Response[dict[str, str]]:
    """This will tell whether this process can serve: 200 when its database answers within two seconds, else 503."""
    try:
        async with asyncio.timeout(2):
            await state.store.pool.fetchval("SELECT 1")
    except Exception as error:  # whatever is wrong with it, the answer to "are you well" is no
        return Response({"status": "unwell", "database": type(error).__name__}, status_code=503)
    return Response({"status": "well"})
