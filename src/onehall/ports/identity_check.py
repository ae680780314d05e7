"""Asking an authority whether a person is who their document says: name, document, and a face where none was compared."""

from datetime import date
from typing import Protocol

import msgspec


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to be known. `face` is a picture (base64); None where `seen_by` names the clerk who compared the face."""

    name: str
    document_type: str
    document_number: str
    face: str | None = None
    seen_by: str | None = None

    def __repr__(self) -> str:
        return "Applicant(...)"

    __str__ = __repr__


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the authority says. `no` is why not: name, face, unknown, invalid, refused; `born`, `expires` as registered.

    `reference` is the authority's own number for this check.
    """

    passed: bool
    no: str = ""
    reference: str = ""
    born: date | None = None
    expires: date | None = None


class IdentityCheck(Protocol):
    """An authority. A no is an answer; `jobs.Later` is raised when it cannot answer now."""

    async def check(self, applicant: Applicant, key: str) -> Verdict:
        """This will ask about a person; the same `key` is the same check, and has the same answer.

        :raises Later: not now; ask again.
        """
