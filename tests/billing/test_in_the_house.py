"""A top-up through the whole house: JSON channel, our short address, the bank's page, the notice, the SMS."""

import time
from typing import Any

import httpx

from onehall.demo.customers import CUSTOMERS
from tests.ground.house import House


def _begun(client: httpx.Client, number: str) -> Any:
    """The number is known as soon as the worker has done what opening the demo left to do."""
    begun = client.post("/api/journeys", json={"function": "topup", "given": {"number": number, "amount": "50"}}).json()
    assert begun["question"].get("why") in (None, f"{number} is not a number of ours."), begun
    return begun if begun["question"]["kind"] == "pay" else None


def _wait(look: Any) -> Any:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come")


def test_a_guest_tops_up_a_number_from_the_first_call_to_the_sms(house: House) -> None:
    number = CUSTOMERS[0].number
    with httpx.Client(base_url=house.url, trust_env=False) as client:
        begun = _wait(lambda: _begun(client, number))
        assert begun["question"]["kind"] == "pay", begun
        path = begun["question"]["url"].removeprefix(house.url)
        bank = _wait(lambda: client.get(path).headers.get("location")).removeprefix(house.url)
        assert bank.startswith("/sim/bank/")
        assert client.post(bank, data={"do": "pay"}).headers["location"] == path
        done = _wait(lambda: (now := client.get(f"/api/journeys/{begun['id']}").json())["state"] == "done" and now)
        assert done["said"]["text"] == f"¥50.00 is on its way to {number}."
        texts = _wait(lambda: [one["text"] for one in client.get(f"/sim/phones/{number}/messages").json() if "50" in one["text"]])
        assert len(texts) == 1
