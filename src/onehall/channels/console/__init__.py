"""The console: what those see who keep the house running. The day as it runs, orders and their plans, journeys, functions, steps that
failed, work that was given up, the log, the settings, the numbers, and billing. All of it is off the hot path, in pages with limits,
and within one's own unit."""

from litestar import Router

from onehall.channels.console import day, dead, fit, health, journeys, log, orders, programs, routing, street, traffic
from onehall.channels.console.billing import ROUTES as BILLING
from onehall.channels.console.campaigns import ROUTES as CAMPAIGNS
from onehall.channels.console.centre import ROUTES as CENTRE
from onehall.channels.console.centre import centre_only
from onehall.channels.console.codes import ROUTES as CODES
from onehall.channels.console.room import ROOM, keepers_only
from onehall.channels.console.stores import ROUTES as STORES
from onehall.channels.console.stores import account_managers_only
from onehall.pages import answers, in_room

routes = [
    Router(
        "/console", route_handlers=[
            *health.ROUTES, *day.ROUTES, *orders.ROUTES, *journeys.ROUTES, *programs.ROUTES, *dead.ROUTES, *log.ROUTES, *fit.ROUTES,
            *traffic.ROUTES, *routing.ROUTES, *street.ROUTES, *BILLING, *CAMPAIGNS, *CODES,
        ],
        guards=[keepers_only], dependencies={"visit": in_room(ROOM)}, include_in_schema=False, exception_handlers=answers(ROOM),
        opt={"for_staff": True},
    ),
    Router(
        "/console/stores", route_handlers=STORES, guards=[account_managers_only], dependencies={"visit": in_room(ROOM)},
        include_in_schema=False, exception_handlers=answers(ROOM), opt={"for_staff": True},
    ),
    Router(
        "/console/centre", route_handlers=CENTRE, guards=[centre_only], dependencies={"visit": in_room(ROOM)},
        include_in_schema=False, exception_handlers=answers(ROOM), opt={"for_staff": True},
    ),
]  # fmt: skip

__all__ = ["ROOM", "routes"]
