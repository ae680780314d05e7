"""What lies on the demo operator's shelves: numbers of three cities, SIM cards of every store and of the centre, eSIM profiles for all."""

from collections.abc import Iterator
from typing import Final

from onehall.demo.people import CITIES, STORES
from onehall.domains import inventory
from onehall.kernel.store import Store

PREFIXES: Final = {"onehall.gd.gz": "1860001", "onehall.gd.sz": "1860002", "onehall.zj.hz": "1860003"}
NUMBERS_A_CITY: Final = 1667  # three of them: 5,001 numbers
CARDS_A_STORE: Final = 500
CARDS_IN_THE_CENTRE: Final = 500
ESIMS: Final = 1000
STEP: Final = 7919  # a prime: last digits are spread over all of 0..9999
NICE: Final = ("8888", "6666", "9999", "1234", "5678", "6688", "8866", "1688", "5188", "0001", "2020", "3366", "1314", "9988", "7777")


def numbers() -> Iterator[inventory.StockNumber]:
    """This will give the numbers of every city, some of them nice."""
    for city in CITIES:
        tails = dict.fromkeys([*NICE, *(f"{place * STEP % 10000:04}" for place in range(NUMBERS_A_CITY))])
        for tail in list(tails)[:NUMBERS_A_CITY]:
            yield inventory.StockNumber(f"{PREFIXES[city]}{tail}", unit=city, city=city.rpartition(".")[2])


def cards() -> Iterator[inventory.SimRow]:
    """This will give the SIM cards of every store, then those of the centre and the eSIM profiles that are nobody's own."""
    for shop, unit in enumerate(STORES, 1):
        for place in range(CARDS_A_STORE):
            yield inventory.SimRow(
                iccid(shop * 100_000 + place), "plastic", unit, imsi=f"460990{shop:03}{place:06}", puk=f"{shop * 1_000_000 + place:08}"
            )
    for place in range(CARDS_IN_THE_CENTRE):
        yield inventory.SimRow(iccid(8_000_000 + place), "plastic", None, imsi=f"460990800{place:06}", puk=f"{80_000_000 + place:08}")
    for place in range(ESIMS):
        yield inventory.SimRow(iccid(9_000_000 + place), "esim", None, imsi=f"460990900{place:06}", puk=f"{90_000_000 + place:08}")


def iccid(serial: int) -> str:
    """This will number a card: 89 86 99 for the demo operator, a serial, and a check digit by Luhn."""
    digits = f"898699{serial:013}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


async def fill(store: Store) -> None:
    """This will put all of it into stock; what is there already stays."""
    async with store.edge(0) as tx:
        await inventory.actions.stock_numbers(tx, list(numbers()))
    async with store.edge(0) as tx:
        await inventory.actions.stock_sims(tx, list(cards()))
