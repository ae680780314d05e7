"""The kinds of service, and how many of a hundred are of each kind."""

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any, Final
from zlib import crc32

import msgspec

from onehall.traffic.door import App, Customer, Door, Unexpected

Script = Callable[[Door, Customer], Awaitable[None]]
BIRTHS: Final = 16_800_000  # persons of a region that can be told apart: 50 years of 12 months of 28 days, 1,000 of each day


class Kind(msgspec.Struct, frozen=True):
    """A kind of service. `share`: of a thousand services so many; `guest`: nobody in particular asks for it."""

    name: str
    share: int
    run: Script
    guest: bool = False


def _said(function: str) -> Script:
    async def ask(door: Door, who: Customer) -> None:
        _done(await App(door, who).begin(function))

    return ask


def _page(path: str) -> Script:
    async def open_(door: Door, _who: Customer) -> None:
        answer = await door.send("GET", path, kind="page")
        if answer.status != 200:
            raise Unexpected(f"{path}: {answer.status}")

    return open_


async def search_numbers(door: Door, _who: Customer) -> None:
    """This will search numbers that end in a digit of the seed's, as a guest in the app."""
    digit = door.seed[-1] if door.seed[-1] in "01235679" else "8"
    _done(await App(door).begin("number.search", words=f"ends {digit}, no 4"))


async def send_message(door: Door, who: Customer) -> None:
    """This will ask for the balance by message."""
    body = msgspec.json.encode({"id": door.seed, "from": who.number, "to": "10016", "text": "CXYE"})
    answer = await door.send("POST", "/sms/inbound", body)
    if answer.status != 200 or not answer.json()["replies"]:
        raise Unexpected(f"sms: {answer.status} {answer.body[:200]!r}")


async def top_up(door: Door, who: Customer) -> None:
    """This will top up and pay at the bank, to the end."""
    app = App(door, who)
    _done(await app.pay(await app.begin("topup", amount="50")))


async def add_pack(door: Door, who: Customer) -> None:
    """This will buy a pack from the balance."""
    await _decided(App(door, who), "pack.add", "pack-day-1")


async def change_plan(door: Door, who: Customer) -> None:
    """This will change to the first plan that is offered."""
    await _decided(App(door, who), "plan.change", None)


async def open_line(door: Door, _who: Customer) -> None:
    """This will buy a line as a guest: plan, number held, document and face, eSIM, agreement, payment, until it is active."""
    app = App(door)
    view = await app.begin("line.open", offer="hall-59")
    digits = [char for char in door.seed if char.isdigit()][-2:]
    found = await app.options(view, "ends%20" + "".join(digits))
    ordinary = [one for one in found if not one.get("badge")]
    if not ordinary:
        raise Unexpected("no number is left that fits")
    view = await app.answer(view, ordinary[crc32(door.seed.encode()) % len(ordinary)]["value"])
    if (view["question"] or {}).get("key") == "number":  # somebody was quicker
        view = await app.answer(view, (await app.options(view, ""))[0]["value"])
    shown = {"name": "李雷", "document_type": "resident_id", "document_number": document_of(door.seed), "face": FACE}
    view = await app.until(await app.answer(view, shown), key="sim")
    view = await app.pay(await app.answer(await app.answer(view, "esim"), True))
    _done(view)


def document_of(seed: str) -> str:
    """This will make up a resident's document out of luck, the same for a seed: of Guangdong, where no copied life is from."""
    luck = int.from_bytes(blake2b(seed.encode(), digest_size=8).digest(), "big")
    return document(440_101 + luck // BIRTHS % 80, luck % BIRTHS)


def document(region: int, place: int) -> str:
    """This will make a resident's document of a person born in 1950-1999, with its check digit (GB 11643, ISO 7064 MOD 11-2).

    Each `place` of a region, below BIRTHS, is another person.
    """
    body = f"{region:06}{1950 + place % 50}{1 + place // 50 % 12:02}{1 + place // 600 % 28:02}{place // 16_800:03}"
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


async def _decided(app: App, function: str, choice: str | None) -> None:
    view = await app.begin(function)
    while view["state"] == "asking":
        question = view["question"]
        match question["kind"]:
            case "choose":
                view = await app.answer(view, choice if question["key"] == "pack" else question["options"][0]["value"])
            case "confirm":
                view = await app.answer(view, True)
            case "pay":
                view = await app.pay(view)
            case _:
                view = await app.until(view, key="")
                break
    _done(await app.until(view))


def _done(view: dict[str, Any]) -> None:
    if view["state"] != "done":
        raise Unexpected(f"{view['function']} ends {view['state']}: {view['said'] or view['question']}")


FACE: Final = (  # a JPEG of one pixel
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP////////////////////////////////////////////////////////////////////////////////"
    "//////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)

KINDS: Final = (
    Kind("balance", 200, _said("balance.check")),
    Kind("data left", 150, _said("data.left")),
    Kind("orders", 80, _said("orders.mine")),
    Kind("bill", 120, _said("bill.so_far")),
    Kind("plans", 100, _page("/plans"), guest=True),
    Kind("plan", 50, _page("/plans/hall-59"), guest=True),
    Kind("number search", 50, search_numbers, guest=True),
    Kind("message in", 120, send_message),
    Kind("top-up", 80, top_up),
    Kind("pack", 25, add_pack),
    Kind("plan change", 5, change_plan),
    Kind("new line", 20, open_line, guest=True),
)
MIX: Final = {kind.name: kind.share for kind in KINDS}
