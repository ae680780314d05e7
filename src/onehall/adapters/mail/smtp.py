"""Mail by SMTP, through the standard library in a thread of its own; each mail names its key, so that a repeat can be told."""

import asyncio
import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from onehall.kernel.i18n import _
from onehall.kernel.jobs import Later
from onehall.kernel.refusals import Refusal
from onehall.ports.mail import Attached

TIMEOUT_SECONDS = 15
_PLAIN = SMTP.clone(cte_type="7bit")  # not every server takes eight bits


class SmtpMail:
    """A mail server. With a `user` it is spoken to under TLS only: from the start on port 465, else by STARTTLS."""

    def __init__(self, host: str, port: int, sender: str, *, user: str = "", password: str = "") -> None:
        self.host, self.port, self.sender = host, port, sender
        self.user, self.password = user, password

    async def send(self, to: str, subject: str, text: str, key: str, files: tuple[Attached, ...] = ()) -> None:
        """This will hand a mail to the server.

        :raises Later: it cannot be reached, or not now. :raises Refusal: `mail.refused`, it will never take this one.
        """
        await asyncio.to_thread(self._send, self._message(to, subject, text, key, files))

    def _message(self, to: str, subject: str, text: str, key: str, files: tuple[Attached, ...]) -> EmailMessage:
        message = EmailMessage(policy=_PLAIN)
        try:
            message["From"], message["To"], message["Subject"] = self.sender, to, subject
        except ValueError as error:  # a line break in an address or a subject
            raise _refused() from error
        message["Message-ID"] = f"<{sha256(key.encode()).hexdigest()[:40]}@{self.sender.rpartition('@')[2].strip('<> ') or 'localhost'}>"
        message.set_content(text)
        for one in files:
            main, _slash, sub = one.kind.partition("/")
            charset = {"charset": "utf-8"} if main == "text" else {}
            message.add_attachment(one.content, maintype=main, subtype=sub or "octet-stream", filename=one.name, params=charset)
        return message

    def _send(self, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            if codes and all(code >= 500 for code in codes):
                raise _refused() from error
            raise Later("the mail server does not take it now") from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError):
                raise _refused() from error
            raise Later(f"the mail server says {error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Later(f"the mail server cannot be reached: {type(error).__name__}") from error

    def _connected(self) -> smtplib.SMTP:
        if self.port == 465:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        if self.user:
            if self.port != 465:
                server.starttls()
            server.login(self.user, self.password)
        return server


def _refused() -> Refusal:
    return Refusal("mail.refused", _("Mail cannot be sent to this address."), 422)
