"""The authority can be faster than we are: its word is there before the journey has written down that it waits for it."""

from datetime import timedelta

from onehall.hall.provers import RealNameProver
from tests.ground.counter import DOCUMENT, FACE, Counter


async def test_a_verdict_that_comes_too_early_is_not_lost(counter: Counter) -> None:
    guest = counter.guest()
    view = await counter.hall.start(guest, "line.open", {"offer": "hall-59"})
    assert view.question
    view = await counter.answer(guest, view, view.question["options"][0]["value"])
    shown = {"name": "李雷", "document_type": "resident_id", "document_number": DOCUMENT, "face": FACE}
    row = await counter.hall.engine.see(view.id)
    await RealNameProver().check(counter.store, row, guest, shown, {})  # the house dies here, after sending it to be checked
    view = await counter.settle(guest, view)
    assert view.question["kind"] == "prove"
    view = await counter.answer(guest, view, shown)  # the person tries again
    assert view.question and view.question["kind"] == "wait"
    counter.store.clock.move(timedelta(seconds=2))
    view = await counter.settle(guest, view)
    assert view.question["key"] == "sim"
