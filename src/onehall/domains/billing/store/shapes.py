"""Rows as TM Forum bodies: made by the database, sent on unparsed."""

from typing import Final

_TIME = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'"


def _at(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', {_TIME})"


def _value(minor: str, currency: str, amount: str = "value", unit: str = "unit") -> str:
    return f"jsonb_build_object('{amount}', round({minor} / 100.0, 2), '{unit}', {currency})"


def _party(column: str) -> str:
    role = "'role', 'customer', '@referredType', 'Individual'"
    return f"CASE WHEN {column} IS NULL THEN NULL ELSE jsonb_build_array(jsonb_build_object('id', {column}, {role})) END"


def _ref(column: str, kind: str) -> str:
    return f"CASE WHEN {column} IS NULL THEN NULL ELSE jsonb_build_object('id', {column}, '@referredType', '{kind}') END"


_OF_ACCOUNT = f"""'partyAccount', {_ref("a.id", "BillingAccount")}, 'relatedParty', {_party("a.party")},
    'logicalResource', CASE WHEN a.number IS NULL THEN NULL
        ELSE jsonb_build_array(jsonb_build_object('id', a.number, 'value', a.number)) END,
    'product', CASE WHEN a.line IS NULL THEN NULL ELSE jsonb_build_array(jsonb_build_object('id', a.line)) END"""
_MONETARY = f"""jsonb_strip_nulls(jsonb_build_object('name', 'Main balance', 'isShared', false, 'usageType', 'monetary',
    'remainingValue', {_value("(a.balance - a.reserved)", "a.currency", "amount", "units")},
    'reservedValue', {_value("a.reserved", "a.currency", "amount", "units")},
    'requestedDate', {_at("a.opened")}, 'confirmationDate', {_at("a.opened")},
    'validFor', jsonb_build_object('startDateTime', {_at("a.opened")}), {_OF_ACCOUNT}))"""
_USAGE = "CASE b.kind WHEN 'data_mb' THEN 'data' WHEN 'voice_min' THEN 'voice' ELSE 'sms' END"
_UNITS = "CASE b.kind WHEN 'data_mb' THEN 'MB' WHEN 'voice_min' THEN 'minutes' ELSE 'messages' END"
_ALLOWANCE = f"""jsonb_strip_nulls(jsonb_build_object('name', coalesce(b.name -> 'by_language' ->> 'en', b.name ->> 'id', b.of),
    'isShared', EXISTS (SELECT 1 FROM bucket_member m WHERE m.home = b.home AND m.bucket = b.id), 'usageType', {_USAGE},
    'remainingValue', jsonb_build_object('amount', b.total - b.used - b.reserved, 'units', {_UNITS}),
    'reservedValue', jsonb_build_object('amount', b.reserved, 'units', {_UNITS}),
    'requestedDate', {_at("b.start")}, 'confirmationDate', {_at("b.start")},
    'validFor', jsonb_build_object('startDateTime', {_at("b.start")}, 'endDateTime', {_at("b.until")}), {_OF_ACCOUNT}))"""
BUCKETS: Final = f"""(SELECT a.home, a.id, a.party, a.unit, a.revision, 'monetary' AS usage,
        CASE a.status WHEN 'open' THEN 'active' ELSE 'expired' END AS status, {_MONETARY} AS doc FROM billing_account a
    UNION ALL SELECT b.home, b.id, a.party, a.unit, b.revision, {_USAGE}, b.status, {_ALLOWANCE}
        FROM bucket b JOIN billing_account a ON a.home = b.home AND a.id = b.account COLLATE "C") AS bucket"""
_KIND_NAME = "CASE b.kind WHEN 'data_mb' THEN 'Data' WHEN 'voice_min' THEN 'Calls' ELSE 'Messages' END"
# What is left of an account's allowances of a kind has an id of its own in the account's home: 48 bits of account and kind for luck.
_SUM_ID = "left(a.id, 12) || left(md5(a.id || '/' || b.kind), 12)"
ACCUMULATED: Final = f"""(SELECT a.home, a.id, a.party, a.unit, a.revision, jsonb_strip_nulls(jsonb_build_object('name', 'Main balance',
    'bucket', jsonb_build_array({_ref("a.id", "Bucket")}), 'totalBalance', {_value("a.balance", "a.currency", "amount", "units")},
    {_OF_ACCOUNT})) AS doc FROM billing_account a
    UNION ALL SELECT a.home, {_SUM_ID}, a.party, a.unit, sum(b.revision)::int, jsonb_strip_nulls(jsonb_build_object('name', {_KIND_NAME},
        'bucket', jsonb_agg({_ref("b.id", "Bucket")} ORDER BY b.until NULLS LAST, b.id),
        'totalBalance', jsonb_build_object('amount', sum(b.total - b.used), 'units', {_UNITS}), {_OF_ACCOUNT}))
    FROM billing_account a JOIN bucket b ON b.home = a.home AND b.account = a.id COLLATE "default" AND b.status = 'active'
    GROUP BY a.home, a.id, b.kind) AS accumulated"""
ACTION: Final = f"""(jsonb_strip_nulls(jsonb_build_object('usageType', 'monetary',
    'amount', {_value("minor", "currency", "amount", "units")}, 'bucket', {_ref("account", "Bucket")},
    'partyAccount', {_ref("account", "BillingAccount")}, 'relatedParty', {_party("party")},
    'requestedDate', {_at("at")}, 'confirmationDate', {_at("at")})) || doc)"""
PAYMENT: Final = f"""(jsonb_strip_nulls(jsonb_build_object('name', text ->> 'id', 'paymentDate', {_at("settled")}, 'statusDate',
    {_at("coalesce(settled, asked)")}, 'authorizationCode', reference, 'account', {_ref("account", "BillingAccount")},
    'payer', {_ref("party", "Individual")}, 'channel', jsonb_build_object('id', channel, 'name', channel),
    'amount', {_value("minor", "currency")}, 'totalAmount', {_value("minor", "currency")},
    'paymentMethod', jsonb_build_object('name', coalesce(method, 'online'), '@type', coalesce(method, 'online')))) || doc)"""
REFUND: Final = f"""(jsonb_strip_nulls(jsonb_build_object('description', why ->> 'id', 'refundDate', {_at("settled")}, 'statusDate',
    {_at("coalesce(settled, asked)")}, 'account', {_ref("account", "BillingAccount")}, 'requestor', {_ref("party", "Individual")},
    'payment', {_ref("payment", "Payment")}, 'amount', {_value("minor", "currency")}, 'totalAmount', {_value("minor", "currency")},
    'paymentMethod', jsonb_build_object('name', method, '@type', method))) || doc)"""
