"""Mail by SMTP to a peer on the loopback, and into simulated boxes: sent, told "later" from "no", a repeat can be told."""

from email import message_from_string, policy

import pytest

from onehall.adapters.mail.simulated import SimulatedMail
from onehall.adapters.mail.smtp import SmtpMail
from onehall.kernel.jobs import Later
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from onehall.ports.mail import Attached
from tests.adapters.mail.peer import opened

FILE = Attached("1.txt", "text/plain", "发票 1".encode())


async def test_a_mail_with_a_file_goes_by_smtp() -> None:
    async with opened() as peer:
        post = SmtpMail("127.0.0.1", peer.port, "hall@onehall.example")
        for _time in range(2):
            await post.send("li@example.org", "您的发票", "您好", "key", (FILE,))
    first, again = (message_from_string(text, policy=policy.default) for text in peer.mails)
    assert (first["to"], first["from"], first["subject"]) == ("li@example.org", "hall@onehall.example", "您的发票")
    assert first["message-id"] == again["message-id"] and first["message-id"].endswith("@onehall.example>")
    body, file = first.get_body(), next(iter(first.iter_attachments()))
    assert body is not None and body.get_content().strip() == "您好"
    assert (file.get_filename(), file.get_content().strip()) == ("1.txt", "发票 1")


@pytest.mark.parametrize(
    ("says", "no"),
    [
        ({"RCPT": "550 no such box"}, True), ({"RCPT": "450 busy"}, False), ({"MAIL": "552 too large"}, True),
        ({"MAIL": "451 try again"}, False), ({"HELLO": "421 closing"}, False),
    ],
)  # fmt: skip
async def test_later_is_told_from_no(says: dict[str, str], no: bool) -> None:
    async with opened() as peer:
        peer.says = says
        with pytest.raises(Refusal if no else Later):
            await SmtpMail("127.0.0.1", peer.port, "hall@onehall.example").send("li@example.org", "S", "T", "key")
    assert peer.mails == []


async def test_nobody_there_is_later_and_a_line_break_is_no() -> None:
    async with opened() as peer:
        port = peer.port
    with pytest.raises(Later):
        await SmtpMail("127.0.0.1", port, "hall@onehall.example").send("li@example.org", "S", "T", "key")
    with pytest.raises(Refusal, match="mail.refused"):
        await SmtpMail("127.0.0.1", port, "hall@onehall.example").send("li@example.org\nBcc: x@y.z", "S", "T", "key")


async def test_simulated_boxes_keep_a_key_once(store: Store) -> None:
    post = SimulatedMail(store)
    await post.switches.turn("fail", 1)
    with pytest.raises(Later):
        await post.send("li@example.org", "S", "T", "key", (FILE,))
    for _time in range(2):
        await post.send("li@example.org", "S", "T", "key", (FILE,))
    [kept] = await post.mails("li@example.org")
    assert (kept["subject"], kept["files"]) == ("S", [{"name": "1.txt", "kind": "text/plain", "text": "发票 1"}])
