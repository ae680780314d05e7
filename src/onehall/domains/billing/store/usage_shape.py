"""Records of use as TMF635 bodies: made by the database, sent on unparsed.

The rows are plain columns, and the body is made of them last: only for the rows of a page, not for all that are sorted.
"""

from typing import Final

from onehall.domains.billing.store.shapes import _at, _party, _value

_TYPE: Final = "CASE {0} WHEN 'data_mb' THEN 'data' WHEN 'voice_min' THEN 'voice' ELSE {0} END"
_UNITS: Final = "CASE service WHEN 'data_mb' THEN 'MB' WHEN 'voice_min' THEN 'min' ELSE 'each' END"


def _characteristics(**values: str) -> str:
    pairs = (f"jsonb_build_object('name', '{name}', 'value', {value})" for name, value in values.items())
    return f"jsonb_build_array({', '.join(pairs)})"


TYPE: Final = _TYPE.format("service")
USAGE: Final = """(SELECT u.home, u.id, a.party, a.unit, u.version + 1 AS revision, u.at, u.kind AS service, u.number, u.source, u.record,
        u.amount, u.peer, u.zone, u.offering, u.line, u.left_over, u.minor, u.currency, u.seen, NULL::text AS why, s.doc AS said,
        CASE WHEN u.status = 'rejected' THEN 'rejected' WHEN u.version > 0 THEN 'rerated' ELSE 'rated' END AS status
    FROM usage u LEFT JOIN billing_account a ON a.home = u.home AND a.id = u.account COLLATE "C"
        LEFT JOIN usage_said s ON s.home = u.home AND s.id = u.id
    UNION ALL SELECT w.home, w.id, NULL, NULL, 1, (w.body ->> 'at')::timestamptz, w.body ->> 'kind', w.number, w.source, w.record,
        (w.body ->> 'amount')::numeric, w.body ->> 'peer', w.body ->> 'zone', NULL, NULL, NULL, NULL, NULL, NULL, w.why, w.doc,
        CASE w.state WHEN 'waiting' THEN 'received' ELSE 'rejected' END
    FROM usage_waiting w WHERE w.state <> 'taken') AS usage"""
_TOLD: Final = _characteristics(
    number="number", amount="amount", unit=_UNITS, record="record", source="source", peer="coalesce(peer, '')", zone="coalesce(zone, '')",
    why="coalesce(why, '')",
)  # fmt: skip
_RATED: Final = f"""CASE WHEN seen IS NULL THEN '{{}}' ELSE jsonb_build_object('ratedProductUsage', jsonb_build_array(jsonb_build_object(
    'ratingDate', {_at("seen")}, 'usageRatingTag', CASE WHEN left_over = 0 THEN 'included usage' ELSE 'usage' END,
    'ratingAmountType', CASE WHEN minor = 0 THEN 'included' ELSE 'total' END, 'taxIncludedRatingAmount', {_value("minor", "currency")},
    'productRef', jsonb_build_object('id', line, 'name', offering, '@referredType', 'Product')))) END"""
DOC: Final = f"""(jsonb_build_object('description', source || ' ' || record, 'usageDate', {_at("at")},
    'usageSpecification', jsonb_build_object('id', service, '@referredType', 'UsageSpecification'), 'usageCharacteristic', {_TOLD})
    || coalesce(said, '{{}}') || jsonb_strip_nulls(jsonb_build_object('relatedParty', {_party("party")})) || {_RATED})"""
