"""Signatures: what is taken for one, and that nobody reads it out of the table."""

import base64

import pytest

from onehall.kernel.journeys.signatures import SIGNATURE_BYTES_MAX, keep_signature, read_signature, signature
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

DRAWN = base64.b64encode(b"\x89PNG a drawing").decode()
SHOWN = {"name": "Li Lei", "type": "image/png", "data": DRAWN}


@pytest.mark.parametrize("shown", [SHOWN, {"name": "Li Lei", "type": "text/plain", "content": base64.b64encode(b"Li Lei").decode()}])
def test_a_drawing_or_a_typed_name_is_taken(shown: dict[str, str]) -> None:
    assert read_signature(shown).name == "Li Lei"


@pytest.mark.parametrize(("wrong", "code"), [
    ({"data": ""}, "signature.missing"), ({"data": " "}, "signature.missing"), ({"data": "no base64!"}, "signature.invalid"),
    ({"type": "text/html"}, "signature.invalid"),
    ({"data": base64.b64encode(bytes(SIGNATURE_BYTES_MAX + 1)).decode()}, "signature.invalid"),
])  # fmt: skip
def test_anything_else_is_refused(wrong: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as no:
        read_signature(SHOWN | wrong)
    assert (no.value.code, no.value.status) == (code, 422)


async def test_it_is_kept_sealed(store: Store) -> None:
    async with store.edge(7) as tx:
        id_ = await keep_signature(tx, SHOWN)
    async with store.edge(7) as tx:
        row = await tx.read_one("SELECT sealed FROM signature WHERE home = 7 AND id = $1", id_)
        found = await signature(tx, id_)
        assert await signature(tx, id_[:-1] + ("0" if id_[-1] != "0" else "1")) is None
    assert row is not None and b"Li Lei" not in row["sealed"] and DRAWN.encode() not in row["sealed"]
    assert found is not None and (found.name, found.type, found.data) == ("Li Lei", "image/png", DRAWN)
