"""Staff: password and second factor, lock-out under concurrency, units and roles."""

import asyncio
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from onehall.kernel import settings
from onehall.kernel.identity import Proof, Who, sessions, staff, tokens
from onehall.kernel.identity.gate import Gate
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

NAME, PASSWORD = "li.wei", "correct horse"


async def hire(store: Store, username: str = NAME, unit: str = "onehall.gd.gz.s1") -> pyotp.TOTP:
    async with store.edge(home_for(username)) as tx:
        return pyotp.TOTP(await staff.add(tx, username, PASSWORD, name="Li Wei", unit=unit, roles=("clerk",)))


def now(store: Store) -> int:
    return int(store.clock.now().timestamp())


async def refused(doing: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await doing
    return caught.value


async def test_name_password_and_code_open(store: Store) -> None:
    totp = await hire(store)
    member = await staff.check(store, " Li.Wei ", PASSWORD, totp.at(now(store)))
    assert (member.username, member.unit, member.roles) == (NAME, "onehall.gd.gz.s1", ("clerk",))
    assert home_of(member.id) == home_for(NAME)


async def test_each_of_the_three_must_be_right_and_the_no_is_the_same(store: Store) -> None:
    totp = await hire(store)
    code = totp.at(now(store))
    noes = [
        await refused(staff.check(store, "nobody", PASSWORD, code)),
        await refused(staff.check(store, NAME, "wrong", code)),
        await refused(staff.check(store, NAME, PASSWORD, totp.at(now(store) + 300))),
        await refused(staff.check(store, NAME, PASSWORD, "")),
        await refused(staff.check(store, NAME, PASSWORD, "１２３４５６")),
    ]
    assert {(no.code, no.status, str(no.reason)) for no in noes} == {
        ("login.failed", 401, "The name, the password or the code is not right.")
    }


async def test_a_code_of_the_authenticator_opens_once(store: Store) -> None:
    totp = await hire(store)
    code = totp.at(now(store))
    await staff.check(store, NAME, PASSWORD, code)
    assert (await refused(staff.check(store, NAME, PASSWORD, code))).code == "login.failed"
    store.clock.move(timedelta(seconds=30))
    await staff.check(store, NAME, PASSWORD, totp.at(now(store)))


async def test_the_secret_of_the_authenticator_is_sealed(store: Store) -> None:
    totp = await hire(store)
    async with store.edge(0) as tx:
        [row] = await tx.read("SELECT totp, password FROM staff")
    assert totp.secret.encode() not in row["totp"]
    assert row["password"].startswith("$argon2id$")


@pytest.mark.parametrize("name", [NAME, "nobody.at.all"])
async def test_after_five_failures_a_name_is_locked_for_a_quarter_known_or_not(store: Store, name: str) -> None:
    totp = await hire(store)
    for _ in range(5):
        assert (await refused(staff.check(store, name, "wrong", "000000"))).code == "login.failed"
    no = await refused(staff.check(store, name, PASSWORD, totp.at(now(store))))
    assert (no.code, no.status) == ("login.locked", 429)
    assert 898 <= no.facts["retry_after"] <= 900
    store.clock.move(timedelta(minutes=15))
    answer = staff.check(store, name, PASSWORD, totp.at(now(store)))
    if name == NAME:
        assert (await answer).username == NAME
    else:
        assert (await refused(answer)).code == "login.failed"


async def test_a_login_that_succeeds_forgets_the_failures(store: Store) -> None:
    totp = await hire(store)
    for _ in range(2):
        for _ in range(4):
            await refused(staff.check(store, NAME, "wrong", "000000"))
        assert (await staff.check(store, NAME, PASSWORD, totp.at(now(store)))).username == NAME
        store.clock.move(timedelta(seconds=30))


async def test_failures_at_once_are_counted_each(store: Store) -> None:
    await hire(store)
    noes = await asyncio.gather(*(staff.check(store, NAME, "wrong", "000000") for _ in range(12)), return_exceptions=True)
    codes = sorted(no.code for no in noes if isinstance(no, Refusal))
    assert codes == ["login.failed"] * 5 + ["login.locked"] * 7


async def test_who_has_left_is_refused_and_their_sessions_end(store: Store) -> None:
    totp = await hire(store)
    member = await staff.check(store, NAME, PASSWORD, totp.at(now(store)))
    async with store.edge(member.id) as tx:
        granted = await sessions.log_in_staff(tx, member.id, member.unit, member.roles)
    async with store.edge(member.id) as tx:
        await staff.change(tx, member.id, unit=member.unit, roles=member.roles, active=False)
    endings = sessions.Endings(store)
    await endings.refresh()
    assert endings.has(_claims(store, granted.token))
    store.clock.move(timedelta(seconds=30))
    assert (await refused(staff.check(store, NAME, PASSWORD, totp.at(now(store))))).code == "login.failed"


def _claims(store: Store, token: str) -> Any:
    return tokens.read(token, store.clock.now(), "staff")


async def test_a_name_is_given_once_and_roles_are_known_ones(store: Store) -> None:
    await hire(store)
    assert (await refused(hire(store))).code == "staff.taken"
    async with store.edge(0) as tx:
        adding = staff.add(tx, "b", "p", name="B", unit="onehall", roles=("king",))
        assert (await refused(adding)).code == "staff.role"


async def test_staff_of_a_part_of_the_tree(store: Store) -> None:
    for name, unit in (("a", "onehall.gd.gz.s1"), ("b", "onehall.gd.sz.s9"), ("c", "onehall.gd"), ("d", "onehall.gdx")):
        await hire(store, name, unit)
    async with store.edge(0) as tx:
        assert [one.username for one in await staff.all_of(tx, "onehall.gd")] == ["a", "b", "c"]


async def test_the_depth_of_a_unit_says_what_it_is(store: Store) -> None:
    async with store.edge(0) as tx:
        for path in ("onehall", "onehall.gd", "onehall.gd.gz", "onehall.gd.gz.s1"):
            await staff.add_unit(tx, path, {"en": path})
    async with store.edge(0) as tx:
        kinds = [row["kind"] for row in await tx.read("SELECT kind FROM unit ORDER BY path")]
    assert kinds == ["operator", "province", "city", "store"]
    with pytest.raises(ValueError, match="deeper"):
        async with store.edge(0) as tx:
            await staff.add_unit(tx, "onehall.gd.gz.s1.shelf", {"en": "?"})


async def test_the_gate_lets_staff_in_and_slows_down_who_tries_from_one_address(store: Store) -> None:
    gate = Gate(store)
    totp = await hire(store)
    granted = await gate.log_in_staff(Who(address="10.0.0.9"), NAME, PASSWORD, totp.at(now(store)), "desk")
    who = gate.see({}, {"hall_staff": granted.token}, "10.0.0.9", True).who
    assert (who.unit, who.roles, who.by, who.proof) == ("onehall.gd.gz.s1", frozenset({"clerk"}), "cookie", Proof.CODE)
    noes = [await refused(gate.log_in_staff(Who(address="10.0.0.9"), f"n{n}", "x", "0")) for n in range(2)]
    with settings.changed(login_per_minute=2):
        slow = Gate(store)
    for n in range(2):
        await refused(slow.log_in_staff(Who(address="10.0.0.9"), f"m{n}", "x", "0"))
    noes.append(await refused(slow.log_in_staff(Who(address="10.0.0.9"), "o", "x", "0")))
    assert [no.code for no in noes] == ["login.failed", "login.failed", "too.many"]
    assert (await refused(slow.log_in_staff(Who(address="10.0.0.8"), "o", "x", "0"))).code == "login.failed"
