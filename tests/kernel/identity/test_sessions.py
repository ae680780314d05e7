"""Sessions: read without a round trip, renewed while used, ended for good."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onehall.kernel import settings
from onehall.kernel.identity import Proof, Who, forgery, sessions, tokens, visitors
from onehall.kernel.identity.gate import Gate, Seen
from onehall.kernel.ids import home_of, new_id
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, counting

from .conftest import SECRET

GUEST = Who(address="10.0.0.1")


def seen(gate: Gate, *, bearer: str = "", for_staff: bool = False, **cookies: str) -> Seen:
    headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
    return gate.see(headers, cookies, "10.0.0.1", for_staff)


def party(store: Store, home: int = 9) -> str:
    return new_id(home, store.clock.now())


async def test_a_session_is_known_without_asking_the_database(store: Store) -> None:
    gate, anna = Gate(store), party(store)
    granted = await gate.log_in(GUEST, anna, Proof.CODE, app=True)
    with counting() as statements:
        who = seen(gate, bearer=granted.token).who
    assert statements == []
    assert (who.party, who.proof, who.by, who.session) == (anna, Proof.CODE, "bearer", granted.session)
    assert home_of(granted.session) == 9
    assert who.expires == granted.until.replace(microsecond=0)


async def test_a_token_that_was_changed_or_is_of_another_secret_is_refused(store: Store) -> None:
    gate = Gate(store)
    granted = await gate.log_in(GUEST, party(store), app=True)
    head, body, signature = granted.token.split(".")
    for bad in (f"{head}.{body}.{signature[:-2]}xx", f"{head}.{body[:-4]}AAAA.{signature}", "nonsense", "a" * 5000, ".."):
        with pytest.raises(Refusal) as no:
            seen(gate, bearer=bad)
        assert (no.value.code, no.value.status) == ("session.over", 401)
    with settings.changed(secret="another secret, which is long enough."), pytest.raises(Refusal):
        seen(gate, bearer=granted.token)


async def test_an_unsigned_token_is_refused(store: Store) -> None:
    import base64

    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(value)).rstrip(b"=").decode()

    body = part({"kind": "customer", "sub": "x", "exp": 4102444800, "iat": 0, "until": 4102444800, "sid": "s"})
    with pytest.raises(Refusal):
        seen(Gate(store), bearer=f"{part({'alg': 'none'})}.{body}.")


async def test_a_browser_session_idles_out_but_not_while_it_is_used(store: Store) -> None:
    gate = Gate(store)
    token = (await gate.log_in(GUEST, party(store))).token
    assert seen(gate, hall_session=token).cookies.keys() == {"hall_visitor"}  # fresh: nothing to renew
    for _ in range(5):
        store.clock.move(timedelta(minutes=45))
        token = seen(gate, hall_session=token).cookies["hall_session"] or ""
    assert seen(gate, hall_session=token).who.party is not None
    store.clock.move(timedelta(minutes=61))
    gone = seen(gate, hall_session=token)
    assert gone.who.party is None
    assert gone.cookies["hall_session"] is None


async def test_no_use_prolongs_a_session_beyond_its_end(store: Store) -> None:
    gate = Gate(store)
    token = (await gate.log_in(GUEST, party(store))).token
    for minutes in (*[31] * 22, 39):  # renewed last at 11:22, looked at again at 12:01
        store.clock.move(timedelta(minutes=minutes))
        answer = seen(gate, hall_session=token)
        token = answer.cookies.get("hall_session", token) or ""
    assert token == ""


async def test_logging_out_ends_the_session_at_once_here_and_soon_elsewhere(store: Store) -> None:
    here, elsewhere = Gate(store), Gate(store)
    granted = await here.log_in(GUEST, party(store), app=True)
    await elsewhere.endings.refresh()
    await here.log_out(seen(here, bearer=granted.token).who)
    with pytest.raises(Refusal):
        seen(here, bearer=granted.token)
    assert seen(elsewhere, bearer=granted.token).who.party is not None
    await elsewhere.endings.refresh()
    with pytest.raises(Refusal):
        seen(elsewhere, bearer=granted.token)


async def test_logging_out_everywhere_ends_all_of_ones_own_and_nobody_elses(store: Store) -> None:
    gate, anna, ben = Gate(store), party(store), party(store)
    phone = await gate.log_in(GUEST, anna, app=True)
    laptop = await gate.log_in(GUEST, anna)
    other = await gate.log_in(GUEST, ben, app=True)
    assert await gate.log_out_everywhere(seen(gate, bearer=phone.token).who) == 2
    with pytest.raises(Refusal):
        seen(gate, bearer=phone.token)
    assert seen(gate, hall_session=laptop.token).who.party is None
    assert seen(gate, bearer=other.token).who.party == ben


async def test_logging_in_again_ends_the_session_before(store: Store) -> None:
    gate, anna = Gate(store), party(store)
    first = await gate.log_in(GUEST, anna)
    second = await gate.log_in(seen(gate, hall_session=first.token).who, anna, Proof.REAL_NAME)
    assert first.session != second.session
    assert seen(gate, hall_session=first.token).who.party is None
    assert seen(gate, hall_session=second.token).who.proof == Proof.REAL_NAME


async def test_endings_that_ran_out_are_forgotten(store: Store) -> None:
    gate = Gate(store)
    granted = await gate.log_in(GUEST, party(store))
    await gate.log_out(seen(gate, hall_session=granted.token).who)
    for minutes in (0, 2, 2):
        store.clock.move(timedelta(minutes=minutes))
        await gate.endings.refresh()
        assert list(gate.endings._ended) == [granted.session]
    store.clock.move(timedelta(hours=13))
    await gate.endings.refresh()
    assert gate.endings._ended == {}


async def test_staff_and_customers_have_cookies_of_their_own(store: Store) -> None:
    gate, clerk = Gate(store), party(store)
    mine = (await gate.log_in(GUEST, party(store))).token
    async with store.edge(clerk) as tx:
        desk = (await sessions.log_in_staff(tx, clerk, "onehall.gd", ("clerk",))).token
    hall = seen(gate, hall_session=mine, hall_staff=desk).who
    room = seen(gate, for_staff=True, hall_session=mine, hall_staff=desk).who
    assert (hall.party is not None, hall.staff) == (True, None)
    assert (room.party, room.staff, room.unit, room.roles) == (None, clerk, "onehall.gd", frozenset({"clerk"}))
    assert seen(gate, hall_session=desk).who.staff is None  # a staff token does not pass for a customer's
    assert seen(gate, for_staff=True, hall_staff=mine).who.known is False


async def test_a_visitor_is_known_again_by_a_cookie_that_only_we_can_write(store: Store) -> None:
    gate = Gate(store)
    first = seen(gate)
    cookie = first.cookies["hall_visitor"] or ""
    again = seen(gate, hall_visitor=cookie)
    assert (again.who.visitor, again.cookies) == (first.who.visitor, {})
    forged = visitors.new() + cookie[24:]
    assert seen(gate, hall_visitor=forged).who.visitor not in (forged[:24], first.who.visitor)


@given(st.text(max_size=80))
def test_no_made_up_cookie_or_token_is_believed(text: str) -> None:
    with settings.changed(secret=SECRET):
        assert visitors.read(text) is None
        from datetime import UTC, datetime

        assert tokens.read(text, datetime.now(UTC), "customer", "staff", "partner") is None


def test_the_token_of_a_form_is_of_one_browser() -> None:
    anna, ben = Who(visitor="a" * 24), Who(visitor="b" * 24)
    forgery.check(anna, forgery.form_token(anna))
    for who, token in ((ben, forgery.form_token(anna)), (anna, ""), (anna, None), (Who(), forgery.form_token(Who()))):
        with pytest.raises(Refusal) as no:
            forgery.check(who, token)
        assert (no.value.code, no.value.status) == ("forged", 403)


@pytest.mark.parametrize(
    ("cookie", "accepts", "language"),
    [(None, None, "en"), (None, "zh;q=0.9", "zh-CN"), ("en", "zh", "en"), ("zh-CN", "en", "zh-CN"), (None, "fr", "en")],
)
async def test_a_caller_is_spoken_to_in_their_language(store: Store, cookie: str | None, accepts: str | None, language: str) -> None:
    headers = {"accept-language": accepts} if accepts else {}
    cookies = {"hall_language": cookie} if cookie else {}
    assert Gate(store).see(headers, cookies, "", False).who.language == language
