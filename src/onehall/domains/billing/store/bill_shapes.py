"""Bills, their lines and accounts as TM Forum bodies: made by the database, sent on unparsed."""

from typing import Final

from onehall.domains.billing.store.shapes import _at as at
from onehall.domains.billing.store.shapes import _party as party
from onehall.domains.billing.store.shapes import _ref as ref
from onehall.domains.billing.store.shapes import _value as value

_PERIOD = f"jsonb_build_object('startDateTime', {at('b.start')}, 'endDateTime', {at('b.until')})"
STATE: Final = "CASE status WHEN 'on_hold' THEN 'onHold' WHEN 'partially_paid' THEN 'partiallyPaid' ELSE status END"
BILL: Final = f"""(jsonb_strip_nulls(jsonb_build_object('billNo', no, 'billDate', {at("issued")}, 'lastUpdate', {at("issued")},
    'nextBillDate', {at("until")}, 'paymentDueDate', {at("due_on")}, 'category', 'normal',
    'runType', CASE kind WHEN 'cycle' THEN 'onCycle' ELSE 'offCycle' END, 'amountDue', {value("due", "currency")},
    'remainingAmount', {value("(due - paid - credited)", "currency")}, 'taxIncludedAmount', {value("total", "currency")},
    'taxExcludedAmount', {value("(total - tax)", "currency")},
    'taxItem', jsonb_build_array(jsonb_build_object('taxCategory', 'VAT', 'taxAmount', {value("tax", "currency")})),
    'billingPeriod', jsonb_build_object('startDateTime', {at("start")}, 'endDateTime', {at("until")}),
    'billingAccount', {ref("account", "BillingAccount")}, 'relatedParty', {party("party")})) || doc)"""
RATES: Final = f"""(SELECT l.home, l.id, l.party, l.unit, l.bill, l.account, l.kind, l.at, 1 AS revision,
    jsonb_strip_nulls(jsonb_build_object('name', coalesce(l.what ->> 'id', l.kind), 'date', {at("l.at")}, 'isBilled', true,
        'bill', {ref("l.bill", "CustomerBill")}, 'billingAccount', {ref("l.account", "BillingAccount")}, 'periodCoverage', {_PERIOD},
        'product', CASE WHEN l.line IS NULL THEN NULL ELSE jsonb_build_object('id', l.line, '@referredType', 'Product') END,
        'taxIncludedAmount', {value("l.minor", "l.currency")}, 'taxExcludedAmount', {value("(l.minor - l.tax)", "l.currency")},
        'appliedTax', jsonb_build_array(jsonb_build_object('taxCategory', 'VAT', 'taxRate', l.rate,
            'taxAmount', {value("l.tax", "l.currency")})),
        'characteristic', CASE WHEN l.service IS NULL THEN NULL ELSE jsonb_build_array(
            jsonb_build_object('name', 'service', 'value', l.service), jsonb_build_object('name', 'units', 'value', l.units),
            jsonb_build_object('name', 'beyondAllowance', 'value', l.left_over)) END)) AS doc
    FROM bill_line l JOIN customer_bill b ON b.home = l.home AND b.id = l.bill) AS rate"""
DEMAND: Final = f"""(jsonb_strip_nulls(jsonb_build_object('lastUpdate', {at("at")}, 'billingAccount', {ref("account", "BillingAccount")},
    'customerBill', {ref("bill", "CustomerBill")},
    'relatedParty', CASE WHEN party IS NULL THEN NULL ELSE jsonb_build_object('id', party, '@referredType', 'Individual') END)) || doc)"""
ACCOUNT: Final = f"""(jsonb_strip_nulls(jsonb_build_object('name', coalesce(number, 'Account'), 'accountType', mode,
    'lastModified', {at("opened")}, 'relatedParty', {party("party")}, 'creditLimit', {value("credit_limit", "currency")},
    'billStructure', jsonb_build_object('cycleSpecification', jsonb_build_object('id', 'day-' || cycle_day)),
    'accountBalance', jsonb_build_array(jsonb_build_object('balanceType', 'main', 'amount', {value("balance", "currency")},
        'validFor', jsonb_build_object('startDateTime', {at("opened")}))))) || doc)"""
ACCOUNT_STATE: Final = "CASE status WHEN 'open' THEN 'active' ELSE 'closed' END"
PAYMENT_STATUS: Final = "CASE WHEN balance < 0 OR unbilled > 0 THEN 'due' ELSE 'paid' END"
