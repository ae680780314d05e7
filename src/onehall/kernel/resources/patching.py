"""The ways to say a change: merge-patch (RFC 7396), json-patch (RFC 6902), and json-patch with queries (TMF630)."""

import copy
from typing import Any, Final

import jsonpatch
import jsonpointer
import msgspec

from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import bodies
from onehall.kernel.resources.declaration import Doc, Kept, Resource
from onehall.kernel.resources.patch_query import plain

MERGE: Final = "application/merge-patch+json"
STEPS: Final = "application/json-patch+json"
QUERIES: Final = "application/json-patch-query+json"
PLAIN: Final = "application/json"
ACCEPTED: Final = f"{MERGE}, {STEPS}, {QUERIES}, {PLAIN}"
STEPS_MAX: Final = 50


def wanted(resource: Resource, kept: Kept, change: Any, media: str) -> Doc:
    """This will give the body as it is wanted after a change.

    :raises Refusal: 400 for a malformed change or one that touches a protected attribute, 409 where it does not fit.
    """
    before = dict(kept)
    stepped = media in (STEPS, QUERIES)
    after = _stepped(before, change, media == QUERIES) if stepped else merge(before, bodies.an_object(change))
    bodies.check_keepable(after)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            _check_may_change(resource, name)
    return bodies.check(resource, after)


def merge(target: Any, change: Any) -> Any:
    """This will merge as RFC 7396 says: objects deeply, null removes, all else replaces."""
    if not isinstance(change, dict):
        return change
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in change.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def changed_names(before: Doc, after: Doc) -> set[str]:
    """This will give the first-level attributes that differ."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _stepped(before: Doc, change: Any, queries: bool) -> Doc:
    if not isinstance(change, list) or len(change) > STEPS_MAX or not all(isinstance(step, dict) for step in change):
        raise Refusal("patch.malformed", _("A json-patch is a list of at most {limit} steps.", limit=STEPS_MAX), 400)
    after: Any = copy.deepcopy(before)
    try:
        for step in change:  # one by one: copies of copies grow fast, so the size is watched
            after = jsonpatch.apply_patch(after, plain(after, step) if queries else [step], in_place=True)
            if len(msgspec.json.encode(after)) > bodies.BYTES_MAX:
                raise Refusal("body.large", _("This is too large; {limit} bytes are the limit.", limit=bodies.BYTES_MAX), 413)
    except (jsonpatch.JsonPatchConflict, jsonpatch.JsonPatchTestFailed) as error:
        raise Refusal("patch.conflict", _("This change does not fit what is there now."), 409, message=str(error)) from error
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError, ValueError, KeyError, RecursionError) as error:
        raise Refusal("patch.malformed", _("This change is not one that we can read."), 400, message=str(error)) from error
    return bodies.an_object(after)


def _check_may_change(resource: Resource, name: str) -> None:
    open_ = resource.patchable is None or name in resource.patchable
    if name in resource.protected or not open_:
        raise Refusal("patch.protected", _("{attribute} cannot be changed.", attribute=name), 400, attribute=name)
