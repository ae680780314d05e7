"""Logging in for staff: a name, a password, and a code of the authenticator. The console shares the session."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.kernel.i18n import LANGUAGES
from onehall.kernel.identity.gate import LANGUAGE, STAFF_SESSION
from onehall.kernel.identity.http import cookie
from onehall.kernel.refusals import Refusal
from onehall.pages import Visit, forms, replies

WORK = "/desk/work"
BACK_OFFICE = frozenset({"account_manager", "packer", "courier"})


@get("/login", opt={"public": True})
async def login(visit: NamedDependency[Visit], to: FromQuery[str] = WORK) -> Response[str]:
    """This will ask who it is."""
    to = replies.own_path(to, WORK)
    return replies.go(to) if visit.who.staff else visit.page("login.html", to=to, username="")


@post("/login", status_code=200, opt={"public": True})
async def enter(visit: NamedDependency[Visit]) -> Response[str]:
    """This will check name, password and code, and open a session."""
    form = await visit.request.form()
    username, to = forms.text(form, "username")[:80], replies.own_path(forms.text(form, "to"), WORK)
    password, code = forms.text(form, "password"), forms.text(form, "code").replace(" ", "")
    try:
        granted = await visit.gate.log_in_staff(visit.who, username, password, code, "desk")
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return visit.page("login.html", refusal.status, to=to, username=username, error=visit.words(refusal))
    answer = replies.go(to)
    answer.set_cookie(cookie(STAFF_SESSION, granted.token))
    return answer


@get("/work", opt={"all_staff": True})
async def work(visit: NamedDependency[Visit]) -> Response[str]:
    """This will lead staff to where their work is: the counter, or the console for those who serve nobody at one."""
    return replies.go("/console" if visit.who.roles and visit.who.roles <= BACK_OFFICE else "/desk")


@post("/logout", status_code=200, opt={"public": True})
async def leave(visit: NamedDependency[Visit]) -> Response[str]:
    """This will end the session."""
    await visit.gate.log_out(visit.who)
    answer = replies.go("/desk/login")
    answer.set_cookie(cookie(STAFF_SESSION, None))
    return answer


@get("/lang/{tag:str}", opt={"public": True})
async def language(visit: NamedDependency[Visit], tag: FromPath[str], to: FromQuery[str] = "/desk") -> Response[str]:
    """This will remember the language and go back to the page."""
    answer = replies.go(replies.own_path(to, "/desk"))
    if tag in LANGUAGES:
        answer.set_cookie(cookie(LANGUAGE, tag))
    return answer


ROUTES = [login, enter, work, leave, language]
