"""The tables as TM Forum resources; the verbs are added in `api`."""

from onehall.kernel.resources import Access, Column, Kind, Resource

PRODUCT_API = "productInventory"
RESOURCE_API = "resourceInventoryManagement"
STOCK_ROLES = ("operations", "admin", "supervisor")
MADE_NAMES = frozenset(
    "name isBundle startDate orderDate terminationDate productSerialNumber productOffering billingAccount relatedParty "
    "productCharacteristic productPrice productRelationship".split()
)
_ISO = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'"
_NAME = "coalesce(name->>'en', name->>'zh-CN')"


def _time(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', {_ISO})"


def _ref(column: str, name: str = "NULL::text") -> str:
    """SQL of a reference to what a column names; null where it names nothing."""
    return f"CASE WHEN {column} IS NOT NULL THEN jsonb_build_object('id', {column}, 'name', {name}) END"


_MADE = f"""jsonb_strip_nulls(jsonb_build_object(
    'name', {_NAME}, 'isBundle', kind = 'line', 'startDate', {_time("activated")}, 'orderDate', {_time("created")},
    'terminationDate', {_time("ended")}, 'productSerialNumber', number, 'productOffering', {_ref("offering", _NAME)},
    'billingAccount', {_ref("account")},
    'relatedParty', CASE WHEN party IS NOT NULL THEN jsonb_build_array(jsonb_build_object('id', party, 'role', 'customer')) END,
    'productCharacteristic', CASE WHEN number IS NOT NULL THEN jsonb_build_array(
        jsonb_build_object('name', 'msisdn', 'value', number), jsonb_build_object('name', 'iccid', 'value', iccid))
        ELSE coalesce(doc -> 'productCharacteristic', '[]') END,
    'productPrice', CASE WHEN price_id IS NOT NULL THEN jsonb_build_array(jsonb_build_object('name', 'monthly fee',
        'priceType', 'recurring', 'recurringChargePeriod', 'month', 'price', jsonb_build_object('taxIncludedAmount',
        jsonb_build_object('unit', currency, 'value', round(fee / 100.0, 2))))) END,
    'productRelationship', CASE WHEN parent IS NOT NULL THEN jsonb_build_array(jsonb_build_object('relationshipType', 'reliesOn',
        'product', jsonb_build_object('id', parent))) END))"""

PRODUCT = Resource(
    api=PRODUCT_API, name="product", table="product", state="status",
    doc=f"(CASE WHEN kind = 'product' AND price_id IS NULL THEN {_MADE} || doc ELSE doc || {_MADE} END)",
    columns={
        "status": Column("status", live=True), "name": _NAME, "productOffering.id": "offering", "relatedParty.id": "party",
        "billingAccount.id": "account", "productSerialNumber": "number", "startDate": Column("activated", Kind.TIME),
        "terminationDate": Column("ended", Kind.TIME), "orderDate": Column("created", Kind.TIME),
    },
    mandatory=("status",), fixed=("relatedParty", "productOffering", "billingAccount", "orderDate"),
    may_read=Access.OWN, may_write=Access.PARTNER, roles=("operations", "admin"),
)  # fmt: skip

_NUMBER_DOC = """jsonb_build_object('category', 'msisdn', 'name', number, 'value', number,
    'usageState', CASE WHEN state = 'sold' THEN 'active' ELSE 'idle' END,
    'administrativeState', CASE WHEN state = 'resting' AND until IS NULL THEN 'locked' ELSE 'unlocked' END,
    'resourceCharacteristic', jsonb_build_array(jsonb_build_object('name', 'tier', 'value', tier),
                                                jsonb_build_object('name', 'city', 'value', city)))"""
_NUMBER_STATUS = "CASE state WHEN 'free' THEN 'available' WHEN 'held' THEN 'reserved' WHEN 'resting' THEN 'suspended' ELSE 'standby' END"
_SIM_DOC = """jsonb_build_object('category', 'sim', 'name', iccid, 'serialNumber', iccid,
    'resourceCharacteristic', jsonb_build_array(jsonb_build_object('name', 'kind', 'value', kind)))"""
_SIM_STATUS = (
    "CASE state WHEN 'stock' THEN 'available' WHEN 'reserved' THEN 'reserved' WHEN 'spoilt' THEN 'alarm' "
    "WHEN 'retired' THEN 'suspended' ELSE 'standby' END"
)

LOGICAL = Resource(
    api=RESOURCE_API, name="logicalResource", table="number", where="pool IS NULL", party=None, state="resourceStatus",
    doc=f"(doc || {_NUMBER_DOC})",
    columns={"resourceStatus": Column(_NUMBER_STATUS, live=True), "value": "number", "name": "number"},
    patchable=("description", "note", "place", "administrativeState"),
    may_read=Access.PARTNER, may_write=Access.PARTNER, roles=STOCK_ROLES,
)  # fmt: skip
PHYSICAL = Resource(
    api=RESOURCE_API, name="physicalResource", table="sim", party=None, state="resourceStatus", doc=f"(doc || {_SIM_DOC})",
    columns={"resourceStatus": Column(_SIM_STATUS, live=True), "serialNumber": "iccid", "name": "iccid"},
    patchable=("description", "note", "place"), may_read=Access.PARTNER, may_write=Access.PARTNER, roles=STOCK_ROLES,
)  # fmt: skip
RESOURCE = Resource(
    api=RESOURCE_API, name="resource", party=None, may_read=Access.PARTNER, may_write=Access.NOBODY, roles=STOCK_ROLES, doc="body",
    table=f"""(SELECT home, id, unit, revision, number AS name, {_NUMBER_STATUS} AS status,
                      jsonb_build_object('@type', 'LogicalResource') || doc || {_NUMBER_DOC} AS body FROM number WHERE pool IS NULL
               UNION ALL SELECT home, id, unit, revision, iccid, {_SIM_STATUS},
                      jsonb_build_object('@type', 'PhysicalResource') || doc || {_SIM_DOC} FROM sim) AS every_resource""",
    columns={"resourceStatus": Column("status", live=True), "name": "name"},
)  # fmt: skip
