"""Forgery from other sites: what a browser's cookies let one do needs a token that only our own pages hold.

The token is a keyed hash of the browser's visitor id, so it needs no row; it stands in a form field `_csrf` (or `csrf`)
or in the header X-CSRF-Token. A bearer token is never sent by a browser on its own, so its bearer is exempt.
"""

import hmac

from onehall.kernel import crypto, settings
from onehall.kernel.i18n import _
from onehall.kernel.identity.who import Who
from onehall.kernel.refusals import Refusal

FIELDS = ("_csrf", "csrf")
HEADER = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def form_token(who: Who) -> str:
    """This will give the token for the forms of a page shown to this browser."""
    return crypto.keyed_hash(settings.current().secret, who.visitor or "", "csrf")[:40]


def check(who: Who, given: str | None) -> None:
    """This will check the token that came with a form.

    :raises Refusal: `forged`, 403: none, or not of this browser.
    """
    if not who.visitor or not given or not hmac.compare_digest(given.encode(), form_token(who).encode()):
        raise Refusal("forged", _("This page has grown old. Please reload it and try again."), 403)
