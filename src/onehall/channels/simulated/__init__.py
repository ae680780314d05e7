"""The simulated world, shown and told what to do badly: phones, the network, the SIM writer, the identity register, the clock.
It stands in place of the world outside, so it needs no login; what changes something must come from its own pages."""

from litestar import Router

from onehall.channels.simulated import cabinet, clock, hotline, phones, pushes, switches, wechat, world
from onehall.channels.simulated.room import ROOM
from onehall.pages import answers, in_room

routes = [
    Router(
        "/sim",
        route_handlers=[
            *world.ROUTES, *phones.ROUTES, *pushes.ROUTES, *switches.ROUTES, *clock.ROUTES, *wechat.ROUTES, *cabinet.ROUTES,
            *hotline.ROUTES,
        ],
        dependencies={"visit": in_room(ROOM)}, include_in_schema=False, exception_handlers=answers(ROOM), opt={"public": True},
    )
]  # fmt: skip

__all__ = ["ROOM", "routes"]
