"""What the hall itself can tell: what can be done here, the menu, and where our stores are."""

from onehall.hall import fit
from onehall.kernel.functions import FUNCTIONS, Function, function
from onehall.kernel.i18n import Named, Text, _
from onehall.kernel.identity import staff
from onehall.kernel.journeys import Journey, Option, Said, item

HOTLINE = "10016"
FAMILY_NAMES = {
    "sell": _("Buy"), "handle": _("Change"), "recharge": _("Pay"), "query": _("Look up"), "serve": _("Service"),
}  # fmt: skip


@function("help", title=_("Help"), family="serve", words=("HELP", "BZ", "帮助"))
async def help_(journey: Journey) -> Said:
    """This will tell what can be done in this channel, with the word that reaches each."""
    offered = await offered_in(journey)
    facts = [item(one.title, one.words[0] if one.words else FAMILY_NAMES[one.family]) for one in offered]
    text = _("You can have {count} things done here. For help by a person call {number}.", count=len(offered), number=HOTLINE)
    return Said(text, facts, tuple(one.name for one in offered[:6]))


@function("menu", title=_("Menu"), family="serve", words=("0000", "MENU", "菜单"), takes=("function",), asks="choose")
async def menu(journey: Journey) -> Said:
    """This will let the customer choose what to have done, and tell how to begin it."""

    async def options() -> list[Option]:
        return [Option(one.name, one.title, note=_reached(one), group=FAMILY_NAMES[one.family]) for one in await offered_in(journey)]

    chosen = await journey.choose("function", _("What would you like to do?"), options)
    picked = FUNCTIONS[chosen.value]
    return Said(_("{title}: {how}", title=picked.title, how=_reached(picked)), next=(picked.name,))


@function("store.list", title=_("Our stores"), family="query", words=("YYT", "STORES"), takes=("city",), asks="choose")
async def store_list(journey: Journey) -> Said:
    """This will list the stores of a city, and the hotline."""
    tree = await staff.units(journey.tx)
    names = {path: Named(name) for path, _kind, name in tree}

    async def cities() -> list[Option]:
        return [Option(path, names[path], group=names.get(path.rpartition(".")[0], "")) for path, kind, _name in tree if kind == "city"]

    if not any(kind == "city" for _path, kind, _name in tree):
        return Said(_("We have no stores; call {number}.", number=HOTLINE))
    city = await journey.choose("city", _("In which city?"), cities)
    stores = [path for path, kind, _name in tree if kind == "store" and path.startswith(f"{city.value}.")]
    facts = [item(names[path], path.rpartition(".")[2].upper()) for path in stores]
    text = _("{count} stores in {city}. Hotline: {number}.", count=len(stores), city=city.text, number=HOTLINE)
    if len(stores) == 1:
        text = _("1 store in {city}. Hotline: {number}.", city=city.text, number=HOTLINE)
    return Said(text, facts, ("menu",))


async def offered_in(journey: Journey) -> list[Function]:
    """This will list what is offered to the customer in the channel, but for help and menu themselves."""
    return [one for one in await fit.offered(journey.tx, journey.caller) if one.name not in ("help", "menu")]


def _reached(one: Function) -> Text:
    return _("send {word}", word=one.words[0]) if one.words else _("ask for it here")
