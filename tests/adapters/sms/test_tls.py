"""A message centre under TLS: one whose certificate is vouched for is bound to; one whose is not never hears our password."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from onehall.kernel.store import Store
from tests.adapters.sms.centres import odd
from tests.adapters.sms.test_contract import PHONE, bound


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 that vouches for itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a message centre")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    built = built.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    built = built.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    made = built.sign(key, hashes.SHA256())
    path = tmp_path / "centre.pem"
    sealed = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(sealed + made.public_bytes(serialization.Encoding.PEM))
    return path


def speaking(certificate: Path) -> ssl.SSLContext:
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(certificate)
    return secure


async def test_a_centre_that_is_vouched_for_is_bound_to(store: Store, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with odd(speaking(certificate)) as centre, bound(store, centre.port, tls=True) as sms:
        await sms.send(PHONE, "under a seal", "k")
        assert [pdu.fields["short_message"] for pdu in centre.heard if pdu.name == "submit_sm"] == [b"under a seal"]


async def test_a_centre_that_nobody_vouches_for_never_hears_the_password(store: Store, certificate: Path) -> None:
    async with odd(speaking(certificate)) as centre, bound(store, centre.port, tls=True) as sms:
        await asyncio.sleep(0.5)
        assert centre.heard == [] and not sms.link.bound.is_set()
