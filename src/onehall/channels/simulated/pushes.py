"""Browsers: what each was told."""

from typing import Any

from litestar import get
from litestar.di import NamedDependency

from onehall.channels.simulated.room import world_of
from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing
from onehall.pages import Visit


@get("/pushes")
async def pushes(visit: NamedDependency[Visit]) -> list[dict[str, Any]]:
    """This will give what simulated browsers were told, the latest first.

    :raises Refusal: 404, this house speaks to real push services.
    """
    push = world_of(visit).push
    if not hasattr(push, "told"):
        raise missing(_("page"))
    return [{"browser": one.endpoint, "text": one.text, "at": one.at.isoformat()} for one in await push.told()]


ROUTES = [pushes]
