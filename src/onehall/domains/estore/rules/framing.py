"""Which pages of a company may show its store inside themselves."""

import re
from collections.abc import Sequence

from onehall.domains.estore.model import EStore
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

FRAMES_MAX = 5
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOSTS = rf"https://(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*|http://localhost|http://127\.0\.0\.1"
_ORIGIN = re.compile(rf"(?:{_HOSTS})(?::(?P<port>[1-9][0-9]{{0,4}}))?")
PORT_LAST = 65_535


def check_frames(frames: Sequence[str]) -> None:
    """At most five origins may show a store, each an https address of a host without a path; on one's own machine http too.

    :raises Refusal: `estore.frames`, 422.
    """
    if len(frames) > FRAMES_MAX:
        raise Refusal("estore.frames", _("At most {count} addresses may show a store.", count=FRAMES_MAX), 422)
    for one in frames:
        found = _ORIGIN.fullmatch(one)
        if found is None or int(found["port"] or 1) > PORT_LAST:
            raise Refusal(
                "estore.frames", _("“{address}” cannot show a store. Write https, the host and nothing after it: https://oa.example.com",
                address=one[:60]), 422,
            )  # fmt: skip


def check_framed(store: EStore) -> tuple[str, ...]:
    """A store opens inside other pages only when its terms name them; this gives those it names.

    :raises Refusal: `estore.frame`, 403.
    """
    if not store.terms.frames:
        raise Refusal("estore.frame", _("This store does not open inside another page. Please open it in a window of its own."), 403)
    return store.terms.frames
