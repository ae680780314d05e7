"""Records of use as TMF635 bodies: made by the database, sent on unparsed."""

from typing import Final

from onehall.domains.billing.store.shapes import _at, _party, _value

_KIND: Final = "CASE {0} WHEN 'data_mb' THEN 'data' WHEN 'voice_min' THEN 'voice' ELSE {0} END"
_UNITS: Final = "CASE {0} WHEN 'data_mb' THEN 'MB' WHEN 'voice_min' THEN 'min' ELSE 'each' END"


def _named(name: str, value: str) -> str:
    return f"jsonb_build_object('name', '{name}', 'value', {value})"


def _characteristics(*pairs: tuple[str, str]) -> str:
    return "jsonb_build_array(" + ", ".join(_named(name, value) for name, value in pairs) + ")"


_RATED: Final = f"""jsonb_strip_nulls(jsonb_build_object('description', u.source || ' ' || u.record, 'usageDate', {_at("u.at")},
    'usageType', {_KIND.format("u.kind")},
    'usageSpecification', jsonb_build_object('id', u.kind, '@referredType', 'UsageSpecification'),
    'usageCharacteristic', {_characteristics(("number", "u.number"), ("amount", "u.amount"), ("unit", _UNITS.format("u.kind")),
        ("record", "u.record"), ("source", "u.source"), ("peer", "coalesce(u.peer, '')"), ("zone", "coalesce(u.zone, '')"))})
    || coalesce(s.doc, '{{}}') || jsonb_strip_nulls(jsonb_build_object('relatedParty', {_party("a.party")}))
    || jsonb_build_object('ratedProductUsage', jsonb_build_array(jsonb_build_object(
        'ratingDate', {_at("u.seen")}, 'usageRatingTag', CASE WHEN u.left_over = 0 THEN 'included usage' ELSE 'usage' END,
        'ratingAmountType', CASE WHEN u.minor = 0 THEN 'included' ELSE 'total' END,
        'taxIncludedRatingAmount', {_value("u.minor", "u.currency")},
        'productRef', jsonb_build_object('id', u.line, 'name', u.offering, '@referredType', 'Product')))))"""
_WAITING: Final = f"""jsonb_strip_nulls(jsonb_build_object('description', w.source || ' ' || w.record, 'usageDate', w.body ->> 'at',
    'usageType', {_KIND.format("(w.body ->> 'kind')")},
    'usageSpecification', jsonb_build_object('id', w.body ->> 'kind', '@referredType', 'UsageSpecification'),
    'usageCharacteristic', {_characteristics(("number", "w.number"), ("amount", "(w.body ->> 'amount')::numeric"),
        ("unit", _UNITS.format("(w.body ->> 'kind')")), ("record", "w.record"), ("source", "w.source"), ("why", "w.why"))})
    || coalesce(w.doc, '{{}}'))"""
USAGE: Final = f"""(SELECT u.home, u.id, a.party, a.unit, u.version + 1 AS revision, u.at, {_KIND.format("u.kind")} AS kind, u.number,
        CASE WHEN u.status = 'rejected' THEN 'rejected' WHEN u.version > 0 THEN 'rerated' ELSE 'rated' END AS status, {_RATED} AS doc
    FROM usage u LEFT JOIN billing_account a ON a.home = u.home AND a.id = u.account
        LEFT JOIN usage_said s ON s.home = u.home AND s.id = u.id
    UNION ALL SELECT w.home, w.id, NULL, NULL, 1, (w.body ->> 'at')::timestamptz, {_KIND.format("(w.body ->> 'kind')")}, w.number,
        CASE w.state WHEN 'waiting' THEN 'received' ELSE 'rejected' END, {_WAITING} FROM usage_waiting w) AS usage"""
