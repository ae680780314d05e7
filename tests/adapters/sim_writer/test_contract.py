"""The simulated SIM writer: the same key is the same writing, whatever it was told since."""

from onehall.adapters.sim_writer.simulated import SimulatedSimWriter
from onehall.kernel.store import Store

CARD = "89869900000000000011"


async def test_the_same_key_has_the_same_outcome(store: Store) -> None:
    writer = SimulatedSimWriter(store)
    await writer.switches.turn("fail", 1)
    told = [await writer.write(CARD, "18600001357", "plastic", key) for key in ("a", "a", "b")]
    assert [(each.done, each.spoilt) for each in told] == [(False, True), (False, True), (True, False)]
    assert sorted(row["done"] for row in await writer.written()) == [False, True]
