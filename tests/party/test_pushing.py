"""Being told things in a browser: at a known push service only, in five browsers, in one's own language, forgotten when gone."""

import base64
import json

import pytest

from onehall.domains import billing, party
from onehall.domains.party.rules.pushing import PUSH_DEVICES_MAX, check_push
from onehall.kernel.i18n import _, catalogue, keep
from onehall.kernel.ids import home_of, new_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from tests.conformance.people import Person
from tests.ground.counter import Counter

HOSTS = ("push.example", "*.services.example")
KEY, SECRET = (base64.urlsafe_b64encode(bytes(range(count))).decode().rstrip("=") for count in (65, 16))


@pytest.mark.parametrize("endpoint", ["https://push.example/a/b?c", "https://eu.services.example/x", "https://PUSH.example:443/"])
def test_a_known_service_is_taken(endpoint: str) -> None:
    check_push(endpoint, KEY, SECRET, HOSTS)


@pytest.mark.parametrize(("endpoint", "key", "secret"), [
    ("http://push.example/", KEY, SECRET), ("https://push.example.evil/", KEY, SECRET),
    ("https://evil/?https://push.example/", KEY, SECRET),
    ("https://services.example/", KEY, SECRET), ("https://push.example@evil/", KEY, SECRET), ("https://push.example:8443/", KEY, SECRET),
    ("https://10.0.0.1/", KEY, SECRET), ("https://push.example/" + "x" * 1000, KEY, SECRET), ("", KEY, SECRET),
    ("https://push.example/", KEY[:-2], SECRET), ("https://push.example/", KEY, ""), ("https://push.example/", "ä" * 88, SECRET),
])  # fmt: skip
def test_anything_else_is_refused(endpoint: str, key: str, secret: str) -> None:
    with pytest.raises(Refusal) as no:
        check_push(endpoint, key, secret, HOSTS)
    assert (no.value.code, no.value.status) == ("push.invalid", 422)


async def on(counter: Counter, person: Person, name: str) -> None:
    """A customer turns it on in a browser."""
    async with counter.store.edge(person.party) as tx:
        await party.actions.turn_push_on(tx, person.party, f"https://browser.simulated/{name}", KEY, SECRET)


async def tell(counter: Counter, person: Person, once: str = "a") -> None:
    """Somebody in the house has words for a customer, and leaves them twice."""
    for _time in range(2):
        async with counter.store.edge(person.party) as tx:
            body = {"party": person.party, "text": keep(_("All right, nothing was changed."))}
            tx.later("push.send", body, works_in=home_of(person.party), once=once)
    await counter.settle()


async def told(counter: Counter) -> list[tuple[str, str]]:
    """Which browsers were told what."""
    return sorted((one.endpoint.rpartition("/")[2], one.text) for one in await counter.world.push.told())


async def test_words_come_once_to_each_browser_in_the_customers_language(counter: Counter) -> None:
    person = await Person(language="zh-CN").settle(counter)
    for name in ("one", "two"):
        await on(counter, person, name)
        await on(counter, person, name)
    await tell(counter, person)
    said = catalogue("zh-CN")["All right, nothing was changed."]
    words = json.dumps({"title": "Onehall", "text": said, "path": "/"}, ensure_ascii=False, separators=(",", ":"))
    assert await told(counter) == [("one", words), ("two", words)]


async def test_a_browser_that_is_gone_is_forgotten(counter: Counter) -> None:
    person = await Person().settle(counter)
    await on(counter, person, "gone")
    await on(counter, person, "here")
    await tell(counter, person)
    assert [name for name, _text in await told(counter)] == ["here"]
    assert await counter.one("SELECT array_agg(endpoint) FROM push_device") == ["https://browser.simulated/here"]


async def test_the_latest_five_browsers_are_told(counter: Counter) -> None:
    person = await Person().settle(counter)
    for serial in range(PUSH_DEVICES_MAX + 2):
        await on(counter, person, f"b{serial}")
    await tell(counter, person)
    assert [name for name, _text in await told(counter)] == [f"b{serial}" for serial in range(2, PUSH_DEVICES_MAX + 2)]


async def test_who_turned_it_off_is_told_nothing(counter: Counter) -> None:
    person, other = await Person().settle(counter), await Person().settle(counter)
    await on(counter, person, "mine")
    await on(counter, other, "theirs")
    async with counter.store.edge(person.party) as tx:
        await party.actions.turn_push_off(tx, person.party, "https://browser.simulated/mine")
        await party.actions.turn_push_off(tx, person.party, "https://browser.simulated/theirs")
    await tell(counter, person)
    assert await told(counter) == []
    assert await counter.one("SELECT count(*) FROM push_device WHERE party = $1", other.party) == 1


async def test_keys_of_browsers_are_sealed(counter: Counter) -> None:
    person = await Person().settle(counter)
    await on(counter, person, "mine")
    assert SECRET.encode() not in await counter.one("SELECT sealed FROM push_device")


async def test_what_billing_tells_comes_to_the_browser_too(counter: Counter) -> None:
    person, other = await Person().settle(counter), await Person().settle(counter)
    await on(counter, person, "mine")
    for one in (person, other):
        async with counter.store.edge(one.party) as tx:
            tx.later("billing.tell", {"party": one.party, "account": None, "text": keep(_("All right, nothing was changed."))})
    await counter.settle()
    assert [name for name, _text in await told(counter)] == ["mine"]
    assert [one.text for one in await counter.world.sms.messages(person.number)][-1] == "All right, nothing was changed."


async def test_a_top_up_is_told_to_the_phone_and_to_the_browser(counter: Counter) -> None:
    person = await Person(balance=10_00).settle(counter)
    await on(counter, person, "one")
    async with counter.store.edge(person.party) as tx:
        [account] = [one.id for one in await billing.queries.accounts(tx, person.party) if one.number == person.number]
    async with counter.store.edge(account) as tx:
        await billing.actions.received_by_partner(tx, account, Money(50_00), "shop", "once", {"id": new_id(tx.home, tx.now)})
    await counter.settle()
    said = "¥50.00 has been added. Your balance is now ¥60.00."
    assert [one.text for one in await counter.world.sms.messages(person.number)][-1:] == [said]
    [(where, words)] = await told(counter)
    assert (where, json.loads(words)) == ("one", {"title": "Onehall", "text": said, "path": "/me"})
