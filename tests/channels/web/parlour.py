"""A function that puts every kind of question, for the web hall to ask."""

from typing import Any

from onehall.kernel.functions import FUNCTIONS, function
from onehall.kernel.i18n import _
from onehall.kernel.journeys import Journey, Option, Said, Summary, item
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

FLAVOURS = ("mint", "plum", "pear")


async def flavours(words: str = "") -> list[Option]:
    """The long list that is searched."""
    return [Option(name, name.title(), price=Money(100), per=_("scoop"), badge=_("New")) for name in FLAVOURS if words in name]


async def one(name: str) -> Option | None:
    """The one of a name."""
    return next((each for each in await flavours() if each.value == name), None)


def age(text: str) -> int:
    """Reads an age, or refuses."""
    if not text.isdecimal():
        raise Refusal("age.invalid", _("That is not a number."), 422)
    return int(text)


async def kept(tx: Tx, file: dict[str, Any]) -> str:
    """Keeps nothing of a file but its size."""
    if not file.get("data"):
        raise Refusal("file.empty", _("The file is empty."), 422)
    return f"{file['name']}:{len(file['data'])}"


async def party(journey: Journey) -> Said:
    """Asks everything there is to ask."""
    cup = await journey.choose("cup", _("Cone or cup?"), lambda: _both())
    flavour = await journey.choose("flavour", _("Which flavour?"), flavours, find=one)
    years = await journey.enter("age", _("How old are you?"), age, kind="number")
    picture = await journey.attach("picture", _("Show your coupon"), kept)
    when = await journey.pick_time("when", _("When will you come?"), lambda: _times())
    name = await journey.sign("name", _("Sign the guest book"), kept)
    await journey.confirm("agree", Summary([item(_("Flavour"), flavour.text), item(_("Age"), years)], Money(10050), [_("No refund.")]))
    facts = [item(_("Cup"), cup.text), item(_("Coupon"), picture), item(_("Guest"), name)]
    return Said(_("See you at {when}.", when=when.text), facts, ["sweet.buy"])


async def _both() -> list[Option]:
    return [Option("cone", _("Cone")), Option("cup", _("Cup"), note=_("With a spoon"))]


async def _times() -> list[Option]:
    return [Option("9", "09:00", group=_("Monday")), Option("10", "10:00", group=_("Monday"))]


def register() -> None:
    """This will open the parlour."""
    if "party.plan" not in FUNCTIONS:
        function("party.plan", title=_("Plan a party"), family="serve", asks="choose enter attach pick_time sign confirm")(party)


def forget() -> None:
    """This will close the parlour."""
    FUNCTIONS.pop("party.plan", None)
