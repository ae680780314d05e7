"""What programs may do here: every function with the line it goes by, and each line to be changed; it counts at once."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.console.billing.words import cash, check_whole
from onehall.channels.console.health import FAMILY_NAMES, PROOFS
from onehall.channels.console.room import about
from onehall.domains import party
from onehall.hall import policy
from onehall.hall.policy import EVERYTHING, FAMILY, Line, Policy
from onehall.kernel.events import Origin
from onehall.kernel.functions import FAMILIES, FUNCTIONS, Function, Proof
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.identity.scope import is_root
from onehall.kernel.journeys import CHANNELS
from onehall.kernel.money import CURRENCY
from onehall.kernel.refusals import Refusal, missing
from onehall.pages import Visit, forms, replies
from onehall.pages.states import Chip

ALL = "everything"
"""How the general line is called in an address."""
ADMITS: dict[str, Chip] = {
    "yes": Chip(_("May do it"), "good"), "person": Chip(_("Hands over to the customer"), "warn"), "no": Chip(_("Not for programs"), "bad"),
}  # fmt: skip
OWN: dict[bool, Text] = {True: _("within the limits"), False: _("never")}


@get("/programs")
async def programs(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list what programs may do, the general lines first, then each function as it comes out."""
    now = await policy.read(visit.store)
    general = [_general(now, name, visit.lang) for name in (EVERYTHING, *(FAMILY + family for family in FAMILIES))]
    fits = [one for one in FUNCTIONS.values() if CHANNELS["agent"].fits(one)]
    found = sorted(fits, key=lambda one: (FAMILIES.index(one.family), one.name))
    return visit.page(
        "programs.html", general=general, functions=[_function(now, one, visit.lang) for one in found], may_change=_may_change(visit),
        **await about(visit),
    )  # fmt: skip


@get("/programs/{name:str}")
async def one_line(visit: NamedDependency[Visit], name: FromPath[str]) -> Response[str]:
    """This will show a line, to be changed."""
    check_whole(visit)
    return await _shown(visit, _line_of(name))


@post("/programs/{name:str}", status_code=200)
async def change(visit: NamedDependency[Visit], name: FromPath[str]) -> Response[str]:
    """This will change a line; who did it stands in the log."""
    check_whole(visit)
    form, line = await visit.request.form(), _line_of(name)
    try:
        says = _read(form)
        origin = Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)
        await visit.store.run(0, lambda tx: policy.write(tx, line, says), origin)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return await _shown(visit, line, show(refusal.reason, visit.lang), form)
    return replies.go("/console/programs#" + name)


def _may_change(visit: Visit) -> bool:
    return visit.who.is_a("operations", "admin") and is_root(visit.who.unit)


async def _shown(visit: Visit, name: str, error: str = "", typed: FormMultiDict | None = None) -> Response[str]:
    now = await policy.read(visit.store)
    line, function = now.line(name), FUNCTIONS.get(name)
    values = {column: forms.text(typed, column) for column in Line.__struct_fields__} if typed else _boxes(line)
    comes = _function(now, function, visit.lang) if function else None
    return visit.page(
        "program.html", 422 if error else 200, name=_slug(name), line=_title(name), values=values, error=error, comes=comes,
        general=name == EVERYTHING, admits=ADMITS, own=OWN, proofs=[(each, PROOFS[each]) for each in Proof if each <= Proof.CODE],
        left=show(_("not set here"), visit.lang), **await about(visit),
    )  # fmt: skip


def _line_of(name: str) -> str:
    line = EVERYTHING if name == ALL else name
    if line not in (EVERYTHING, *(FAMILY + family for family in FAMILIES), *FUNCTIONS):
        raise missing(_("page"))
    return line


def _slug(name: str) -> str:
    return ALL if name == EVERYTHING else name


def _title(name: str) -> Text:
    if name == EVERYTHING:
        return _("In general")
    return FUNCTIONS[name].title if name in FUNCTIONS else FAMILY_NAMES[name.removeprefix(FAMILY)]


def _read(form: FormMultiDict) -> Line:
    admits, own, proof = (forms.text(form, column) for column in ("admits", "own_yes", "proof"))
    if own not in ("", "yes", "no") or proof not in ("", "0", "1", "2"):
        raise Refusal("policy.line", _("That is none of the choices."), 422)
    return Line(admits or None, own == "yes" if own else None, Proof(int(proof)) if proof else None, _minor(form, "each_max"),
                _minor(form, "day_max"))  # fmt: skip


def _minor(form: FormMultiDict, column: str) -> int | None:
    yuan = forms.text(form, column).strip()
    return party.rules.check_agent_limit(yuan) if yuan else None


def _boxes(line: Line) -> dict[str, str]:
    money = {name: "" if minor is None else str(minor // 100) for name, minor in (("each_max", line.each_max), ("day_max", line.day_max))}
    own = "" if line.own_yes is None else ("yes" if line.own_yes else "no")
    return {"admits": line.admits or "", "own_yes": own, "proof": "" if line.proof is None else str(int(line.proof)), **money}


def _general(now: Policy, name: str, lang: str) -> dict[str, Any]:
    line = now.line(name)
    return {
        "name": _slug(name), "title": _title(name), "admits": ADMITS[line.admits] if line.admits else None,
        "own": None if line.own_yes is None else OWN[line.own_yes], "proof": None if line.proof is None else PROOFS[line.proof],
        "each": None if line.each_max is None else cash(line.each_max, CURRENCY, lang),
        "day": None if line.day_max is None else cash(line.day_max, CURRENCY, lang),
    }  # fmt: skip


def _function(now: Policy, one: Function, lang: str) -> dict[str, Any]:
    rule = now.of(one)
    own = rule.own_yes and rule.admits == "yes" and "confirm" in one.asks
    return {
        "name": one.name, "title": one.title, "family": FAMILY_NAMES[one.family], "admits": ADMITS[rule.admits], "own": OWN[own],
        "each": cash(rule.each_max, CURRENCY, lang) if own else "", "day": cash(rule.day_max, CURRENCY, lang) if own else "",
        "by": [_title(name) for name in policy.above(one) if now.line(name).said][-1], "particular": bool(now.line(one.name).said),
        "beyond": one.proof > Proof.CODE or bool(one.secret),
    }  # fmt: skip


ROUTES = [programs, one_line, change]
