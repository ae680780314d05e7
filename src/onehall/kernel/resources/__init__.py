"""TM Forum resources: one declaration each; TMF630 (REST guidelines, v4) is kept here once for all.

Words: *resource* (a declaration), *kept* (a resource as it stands in its row, with its revision), *shown* (its body as readers see
it), *live* (an attribute shown from a column), *listener* (someone who asked to be told), *notice* (what they are sent).
"""

from onehall.kernel.resources import keeping
from onehall.kernel.resources.bodies import instant
from onehall.kernel.resources.changes import ResourceChanged, changed, know, named
from onehall.kernel.resources.declaration import Access, Column, Doc, Kept, Kind, Resource
from onehall.kernel.resources.engine import Answer, created, deleted, got, listed, patched
from onehall.kernel.resources.shapes import Body, Characteristic, MoneyAmount, Note, Quantity, Ref, RelatedParty, TimePeriod

__all__ = [
    "Access", "Answer", "Body", "Characteristic", "Column", "Doc", "Kept", "Kind", "MoneyAmount", "Note", "Quantity", "Ref",
    "RelatedParty", "Resource", "ResourceChanged", "TimePeriod", "changed", "created", "deleted", "got", "instant", "keeping",
    "know", "listed", "named", "patched",
]  # fmt: skip
