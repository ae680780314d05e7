"""The counter in a store: a clerk takes a customer's journey by its code, finds a customer, sees all that happened to them in
one story, and serves any function on their behalf. The login of staff is here; the console uses the same session."""

from litestar import Router

from onehall.channels.desk import bills, customers, home, journeys, login, queue
from onehall.channels.desk.room import DESK, ROOM, staff_only
from onehall.pages import answers, in_room
from onehall.pages.assets import static_file

routes = [
    static_file,
    Router(
        "/desk", route_handlers=[*login.ROUTES, *home.ROUTES, *customers.ROUTES, *bills.ROUTES, *journeys.ROUTES, *queue.ROUTES],
        guards=[staff_only],
        dependencies={"visit": in_room(ROOM)}, include_in_schema=False, exception_handlers=answers(ROOM), opt={"for_staff": True},
    ),
]  # fmt: skip

__all__ = ["DESK", "ROOM", "routes"]
