"""Sealing, keyed hashes and masks."""

import pytest

from onehall.kernel import crypto


def test_sealing_keeps_documents_and_notices_every_change() -> None:
    secret = "s" * 40
    sealed = crypto.seal(secret, "11010519491231002X")
    assert crypto.unseal(secret, sealed) == "11010519491231002X"
    assert b"1949" not in sealed and sealed != crypto.seal(secret, "11010519491231002X")
    for bad in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x02" + sealed[1:], b"", b"\x01"):
        with pytest.raises(crypto.Unreadable):
            crypto.unseal(secret, bad)
    with pytest.raises(crypto.Unreadable):
        crypto.unseal("t" * 40, sealed)
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(secret, sealed, "totp")


def test_a_keyed_hash_is_the_same_for_the_same_and_needs_our_secret() -> None:
    assert crypto.keyed_hash("s" * 40, "440") == crypto.keyed_hash("s" * 40, "440")
    assert crypto.keyed_hash("s" * 40, "440") != crypto.keyed_hash("t" * 40, "440")
    assert crypto.keyed_hash("s" * 40, "440", "a") != crypto.keyed_hash("s" * 40, "440", "b")


@pytest.mark.parametrize(
    ("number", "masked"),
    [("110105194912310021", "110***********0021"), ("E12345678", "E*******8"), ("ab", "**"), ("", "")],
)
def test_a_document_is_masked(number: str, masked: str) -> None:
    assert crypto.mask_document(number) == masked


def test_phones_and_names_are_masked() -> None:
    assert (crypto.mask_phone("13800138000"), crypto.mask_name("李小明")) == ("138****8000", "李**")
