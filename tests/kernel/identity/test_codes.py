"""One-time codes: few tries, few messages, one use; and the same answer whoever asks."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from onehall.kernel.i18n import thaw
from onehall.kernel.identity import ask_code, check_code, name_party, phone_of
from onehall.kernel.ids import home_for, new_id
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

PHONE = "13800138000"
HOME = home_for(PHONE)


async def messages(store: Store) -> list[dict[str, Any]]:
    async with store.edge(0) as tx:
        return [row["body"] for row in await tx.read("SELECT body FROM job WHERE kind = 'sms.send' ORDER BY due, id")]


async def code_sent(store: Store) -> str:
    return (await messages(store))[-1]["text"]["values"]["code"]


async def refused(doing: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await doing
    return caught.value


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_the_right_code_shows_who_holds_the_phone(store: Store) -> None:
    party = new_id(5, store.clock.now())
    async with store.edge(HOME) as tx:
        await name_party(tx, "phone", PHONE, party)
    await ask_code(store, "+86 138-0013-8000")
    [sent] = await messages(store)
    code = sent["text"]["values"]["code"]
    assert sent["to"] == PHONE
    assert thaw(sent["text"]).render("zh-CN") == f"您的验证码为 {code}，5 分钟内有效，请勿告知他人。"
    verified = await check_code(store, PHONE, code)
    assert (verified.phone, verified.party) == (PHONE, party)


async def test_a_stranger_is_sent_a_code_like_anybody_and_is_nobody_yet(store: Store) -> None:
    await ask_code(store, PHONE)
    assert (await check_code(store, PHONE, await code_sent(store))).party is None


async def test_a_code_opens_once(store: Store) -> None:
    await ask_code(store, PHONE)
    code = await code_sent(store)
    await check_code(store, PHONE, code)
    assert (await refused(check_code(store, PHONE, code))).code == "otp.wrong"


async def test_a_code_is_kept_only_as_a_hash(store: Store) -> None:
    await ask_code(store, PHONE)
    code = await code_sent(store)
    async with store.edge(HOME) as tx:
        [row] = await tx.read("SELECT * FROM one_time_code")
    assert len(row["hash"]) == 32
    assert code.encode() not in row["hash"]


async def test_a_code_serves_its_purpose_and_its_phone_only(store: Store) -> None:
    await ask_code(store, PHONE, "login")
    code = await code_sent(store)
    assert (await refused(check_code(store, PHONE, code, "sign"))).code == "otp.wrong"
    assert (await refused(check_code(store, "13800138001", code))).code == "otp.wrong"
    assert (await check_code(store, PHONE, code, "login")).phone == PHONE


async def test_after_five_minutes_a_code_is_dead(store: Store) -> None:
    await ask_code(store, PHONE)
    code = await code_sent(store)
    store.clock.move(timedelta(minutes=5))
    assert (await refused(check_code(store, PHONE, code))).code == "otp.wrong"


async def test_after_five_wrong_tries_the_right_code_is_dead_too(store: Store) -> None:
    await ask_code(store, PHONE)
    code = await code_sent(store)
    for _ in range(5):
        assert (await refused(check_code(store, PHONE, wrong(code)))).code == "otp.wrong"
    assert (await refused(check_code(store, PHONE, code))).code == "otp.wrong"


async def test_the_fifth_try_may_be_the_right_one(store: Store) -> None:
    await ask_code(store, PHONE)
    code = await code_sent(store)
    for _ in range(4):
        await refused(check_code(store, PHONE, wrong(code)))
    assert (await check_code(store, PHONE, code)).phone == PHONE


async def test_many_tries_at_once_are_five_tries(store: Store) -> None:
    await ask_code(store, PHONE)
    code = await code_sent(store)
    guesses = [wrong(code)] * 30
    answers = await asyncio.gather(*(check_code(store, PHONE, guess) for guess in guesses), return_exceptions=True)
    assert all(isinstance(answer, Refusal) for answer in answers)
    async with store.edge(HOME) as tx:
        [row] = await tx.read("SELECT tries_left FROM one_time_code")
    assert row["tries_left"] == 0


async def test_one_code_given_twice_at_once_opens_once(store: Store) -> None:
    await ask_code(store, PHONE)
    code = await code_sent(store)
    answers = await asyncio.gather(*(check_code(store, PHONE, code) for _ in range(8)), return_exceptions=True)
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1


async def test_a_second_code_waits_a_minute(store: Store) -> None:
    await ask_code(store, PHONE)
    store.clock.move(timedelta(seconds=40))
    no = await refused(ask_code(store, PHONE, "sign"))
    assert (no.code, no.status) == ("otp.wait", 429)
    assert 19 <= no.facts["retry_after"] <= 21  # 60 - 40, and the machine's own time
    assert len(await messages(store)) == 1
    store.clock.move(timedelta(seconds=20))
    await ask_code(store, PHONE)
    assert len(await messages(store)) == 2


async def test_a_phone_gets_five_codes_in_any_hour(store: Store) -> None:
    for _ in range(5):
        await ask_code(store, PHONE)
        store.clock.move(timedelta(minutes=10))
    assert (await refused(ask_code(store, PHONE))).code == "otp.wait"
    store.clock.move(timedelta(minutes=10))  # the first is an hour ago now
    await ask_code(store, PHONE)
    assert (await refused(ask_code(store, PHONE))).code == "otp.wait"
    assert len(await messages(store)) == 6


async def test_many_askings_at_once_send_one_code(store: Store) -> None:
    answers = await asyncio.gather(*(ask_code(store, PHONE) for _ in range(10)), return_exceptions=True)
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    assert len(await messages(store)) == 1


async def test_a_new_code_takes_the_place_of_the_old(store: Store) -> None:
    await ask_code(store, PHONE)
    old = await code_sent(store)
    store.clock.move(timedelta(minutes=1))
    await ask_code(store, PHONE)
    new = await code_sent(store)
    if old != new:
        assert (await refused(check_code(store, PHONE, old))).code == "otp.wrong"
    assert (await check_code(store, PHONE, new)).phone == PHONE


@pytest.mark.parametrize("text", ["", "abc", "1234", "1" * 16, "138001380００", "138 0013 800x", "+"])
def test_what_is_no_phone_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        phone_of(text)
    assert caught.value.code == "phone.invalid"


@pytest.mark.parametrize(
    ("text", "phone"),
    [("13800138000", PHONE), ("+8613800138000", PHONE), ("0086 138 0013 8000", PHONE), ("10010", "10010"), ("+6591234567", "6591234567")],
)
def test_a_phone_number_is_written_one_way(text: str, phone: str) -> None:
    assert phone_of(text) == phone


async def test_a_login_name_names_one_party(store: Store) -> None:
    mine, other = new_id(1, store.clock.now()), new_id(2, store.clock.now())
    async with store.edge(HOME) as tx:
        await name_party(tx, "phone", PHONE, mine)
        await name_party(tx, "phone", PHONE, mine)

    async def take(instead_of: str | None = None) -> None:
        async with store.edge(HOME) as tx:
            await name_party(tx, "phone", PHONE, other, instead_of=instead_of)

    assert (await refused(take())).code == "login.taken"
    await take(instead_of=mine)
    async with store.edge(HOME) as tx:
        [row] = await tx.read("SELECT party FROM login_name")
    assert row["party"] == other
