"""What every identity checker must do, whoever answers behind it; and what the simulated one can be told."""

from datetime import date

import pytest

from onehall.adapters.identity_check.simulated import Registered, SimulatedIdentityCheck
from onehall.kernel import settings
from onehall.kernel.jobs import Later
from onehall.kernel.store import Store
from onehall.ports.identity_check import Applicant, IdentityCheck, Verdict

NUMBER = "11010519491231002X"  # the standard's own example
ANN = Applicant(name="张安", document_type="resident_id", document_number=NUMBER, face="cGljdHVyZQ==")


@pytest.fixture(params=[SimulatedIdentityCheck])
async def checker(request: pytest.FixtureRequest, store: Store):
    with settings.changed(secret="p" * 48):
        made = request.param(store)
        await made.knows(NUMBER, Registered(name="张安", born=date(1949, 12, 31), expires=date(2090, 1, 1)))
        yield made


async def test_who_is_registered_passes_and_is_told_of(checker: IdentityCheck):
    verdict = await checker.check(ANN, "key-1")
    assert (verdict.passed, verdict.no, verdict.born, verdict.expires) == (True, "", date(1949, 12, 31), date(2090, 1, 1))
    assert verdict.reference


async def test_another_name_is_a_no_and_an_answer(checker: IdentityCheck):
    wrong = Applicant(name="张平", document_type="resident_id", document_number=NUMBER, face=ANN.face)
    assert (await checker.check(wrong, "key-1")).no == "name"


async def test_the_same_key_is_the_same_check(checker: SimulatedIdentityCheck):
    first = await checker.check(ANN, "key-1")
    await checker.knows(NUMBER, Registered(name="张安", valid=False))
    assert await checker.check(ANN, "key-1") == first
    assert (await checker.check(ANN, "key-2")).no == "invalid"


async def test_nobody_reads_the_number_in_what_is_shown(checker: SimulatedIdentityCheck):
    await checker.check(ANN, "key-1")
    assert NUMBER not in str(await checker.checks()) and NUMBER not in repr(ANN)


@pytest.mark.parametrize(
    ("switch", "value", "no"), [("refuse", True, "refused"), ("fail", 1, "refused"), ("face", False, "face"), ("slow_ms", 20, "")]
)
async def test_it_answers_as_it_is_told(checker: SimulatedIdentityCheck, switch: str, value: object, no: str):
    await checker.switches.turn(switch, value)
    assert (await checker.check(ANN, "key-1")).no == no


async def test_later_is_not_a_no(checker: SimulatedIdentityCheck):
    await checker.switches.turn("later", 1)
    with pytest.raises(Later):
        await checker.check(ANN, "key-1")
    assert (await checker.check(ANN, "key-1")).passed


async def test_strangers_pass_unless_it_is_told_to_know_them(checker: SimulatedIdentityCheck):
    stranger = Applicant(name="Jane Doe", document_type="passport", document_number="E12345678", face=ANN.face)
    assert (await checker.check(stranger, "key-1")).passed
    await checker.switches.turn("strangers", False)
    assert await checker.check(stranger, "key-2") == Verdict(passed=False, no="unknown", reference="SIM-key-2")


async def test_where_a_clerk_compared_the_face_no_picture_is_needed(checker: SimulatedIdentityCheck):
    await checker.knows(NUMBER, Registered(name="张安", alike=False))
    seen = Applicant(name="张安", document_type="resident_id", document_number=NUMBER, seen_by="clerk")
    assert (await checker.check(ANN, "key-1")).no == "face"
    assert (await checker.check(seen, "key-2")).passed
