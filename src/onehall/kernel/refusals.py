"""A business no, said aloud. Anything else that is raised is a bug."""

from typing import Any

from onehall.kernel.i18n import Text, Words, _


class Refusal(Exception):
    """Refused."""

    def __init__(self, code: str, reason: Words, status: int = 422, **facts: Any) -> None:
        """This will make a refusal: a stable `code`, a `reason` in the customer's words, an HTTP `status`."""
        super().__init__(code)
        self.code = code
        self.reason = reason
        self.status = status
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code}: {self.reason if isinstance(self.reason, str) else self.reason.render()}"


KINDS = {
    "function": _("function"), "journey": _("journey"), "order": _("order"), "payment": _("payment"), "receipt": _("receipt"),
}  # fmt: skip


def missing(kind: Text | str) -> Refusal:
    """This will make the refusal for a thing that is not there, or is not the asker's to see."""
    named = KINDS.get(kind, kind) if isinstance(kind, str) else kind
    return Refusal("not.found", _("There is no such {kind}.", kind=named), 404)


def forbidden() -> Refusal:
    """This will make the refusal for a caller who may not do this."""
    return Refusal("forbidden", _("You may not do this."), 403)


def unknown_caller() -> Refusal:
    """This will make the refusal for a caller who has not said who they are."""
    return Refusal("unauthorized", _("Please log in first."), 401)
