"""What a caller is told when something is refused, in TM Forum's words."""

from typing import Any

import msgspec

from onehall.kernel.i18n import Named, Text
from onehall.kernel.refusals import Refusal

REFERENCE = "/tmf-api/errors#{code}"


def error_body(refusal: Refusal, language: str) -> dict[str, Any]:
    """This will write a refusal as a TMF630 error, its reason in the reader's language."""
    reason = refusal.reason.render(language) if isinstance(refusal.reason, Text | Named) else str(refusal.reason)
    message = refusal.facts.get("message") or reason
    return {
        "code": refusal.code, "reason": reason, "message": str(message)[:500], "status": str(refusal.status),
        "referenceError": REFERENCE.format(code=refusal.code), "@type": "Error",
    }  # fmt: skip


def encode(body: Any) -> bytes:
    """This will write a body as JSON."""
    return msgspec.json.encode(body)
