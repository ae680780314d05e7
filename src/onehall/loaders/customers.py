"""`onehall load customers`: brings in the customers of another operator's list with the products that they hold.

The list is CSV, a row a customer: customerID, PhoneService, MultipleLines, InternetService, six add-ons (Yes, No, or why not),
tenure in months, Contract, MonthlyCharges and TotalCharges in dollars (the latter may be blank).
"""

import asyncio
import csv
import os
import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import msgspec

from onehall.domains import catalogue, inventory, party
from onehall.kernel.ids import keyed_id
from onehall.kernel.money import Money
from onehall.kernel.settings import read
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.launch import database
from onehall.launch.say import say as say_aloud
from onehall.launch.trouble import Trouble
from onehall.loaders.rows import Bad, Report, Say, number, text_of, word

SOURCE: Final = "ibm-telco"
CURRENCY: Final = "USD"
AT_ONCE: Final = 6
SAY_EVERY: Final = 1000
MONTH: Final = timedelta(days=30)
TENURE_MAX: Final = 1200
ADDONS: Final = ("OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport", "StreamingTV", "StreamingMovies")
YES_NO: Final = ("gender", "SeniorCitizen", "Partner", "Dependents", "PaperlessBilling", "PaymentMethod", "Churn")
CONTRACTS: Final = {"Month-to-month": 0, "One year": 12, "Two year": 24}
NAMES: Final = {
    "PhoneService": "Phone service", "MultipleLines": "Multiple lines", "InternetService-DSL": "Internet, DSL",
    "InternetService-Fiber optic": "Internet, fibre", "OnlineSecurity": "Online security", "OnlineBackup": "Online backup",
    "DeviceProtection": "Device protection", "TechSupport": "Technical support", "StreamingTV": "Streaming TV",
    "StreamingMovies": "Streaming films",
}  # fmt: skip
COLUMNS: Final = (
    "customerID",
    "tenure",
    "PhoneService",
    "MultipleLines",
    "InternetService",
    *ADDONS,
    "Contract",
    "MonthlyCharges",
    "TotalCharges",
)


class Held(msgspec.Struct, frozen=True):
    """A customer of the list: what they hold (names in NAMES, the base product first) and what they pay a month."""

    line: int
    id: str
    products: tuple[str, ...]
    monthly: Money
    tenure: int
    contract_months: int
    doc: dict[str, Any]

    @property
    def home(self) -> int:
        """This will give the home in which the customer lives."""
        return party.queries.home_of_reference(SOURCE, self.id)


async def load_customers(store: Store, path: Path, say: Say = say_aloud) -> Report:
    """This will bring in every good row, once, however often it is loaded; the monthly charge stands on the base product.

    :raises Trouble: the file cannot be read at all.
    """
    report, began = Report(), time.monotonic()
    customers = sorted(_customers(path, report, say), key=lambda one: one.home)
    offerings = await _offerings(store)
    homes = iter([list(some) for _home, some in groupby(customers, key=lambda one: one.home)])

    async def bring() -> None:
        for some in homes:
            await _bring(store, some, offerings, report, say)

    await asyncio.gather(*(bring() for _ in range(AT_ONCE)))
    report.seconds = time.monotonic() - began
    return report


def load(file: Path, /) -> None:
    """Bring in customers with the products they hold; safe to run twice.

    Parameters
    ----------
    file
        A list of customers (CSV) with a column for each product.
    """
    settings = database.at_home(read(), dict(os.environ))

    async def work() -> Report:
        async with database.opened(settings, say_aloud) as store:
            return await load_customers(store, file)

    report = asyncio.run(work())
    say_aloud(
        f"{report.added:,} customers brought in, {report.known:,} were there already, {len(report.refused):,} rows refused, "
        f"in {report.seconds:.0f} s"
    )


def _customers(path: Path, report: Report, say: Say) -> Iterator[Held]:
    rows = csv.reader(text_of(path).splitlines(keepends=True), strict=True)
    head = next(rows, [])
    if lacking := [name for name in COLUMNS if name not in head]:
        raise Trouble(f"{path} lacks the columns {', '.join(lacking)}")
    seen: dict[str, int] = {}
    for line, cells in _cells(rows, report, say):
        report.read += 1
        try:
            found = _read(line, head, cells)
            if found.id in seen:
                raise Bad(f"customerID {found.id} stands in line {seen[found.id]} already")
        except Bad as bad:
            report.refuse(say, line, str(bad))
            continue
        seen[found.id] = line
        yield found


def _cells(rows: Any, report: Report, say: Say) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            report.read += 1
            report.refuse(say, rows.line_num, f"it is not CSV: {error}")
            continue
        if cells:
            yield rows.line_num, cells


def _read(line: int, head: Sequence[str], cells: Sequence[str]) -> Held:
    if len(cells) != len(head):
        raise Bad(f"it has {len(cells)} columns, not {len(head)}")
    row: dict[str, Any] = dict(zip(head, cells, strict=True))
    id_ = word(row, "customerID")
    if not re.fullmatch(r"[\w-]{1,40}", id_, re.ASCII):
        raise Bad(f"customerID {id_[:40]!r} is not one")
    if word(row, "Contract") not in CONTRACTS:
        raise Bad(f"Contract is {row['Contract'][:40]!r}, none that we know")
    tenure, monthly = int(number(row, "tenure", whole=True)), number(row, "MonthlyCharges", places=2)
    if tenure > TENURE_MAX:
        raise Bad(f"tenure is {tenure} months, out of bounds")
    total = number(row, "TotalCharges", places=2) if row["TotalCharges"].strip() else None
    traits = [{"name": name, "value": row[name]} for name in (*YES_NO, "Contract") if row.get(name)]
    traits += [{"name": "tenure", "value": tenure}, {"name": "MonthlyCharges", "value": float(monthly)}]
    traits += [] if total is None else [{"name": "TotalCharges", "value": float(total)}]
    doc = {"partyCharacteristic": traits}
    return Held(line, id_, _products(row), Money(int(monthly * 100), CURRENCY), tenure, CONTRACTS[row["Contract"]], doc)


def _products(row: dict[str, Any]) -> tuple[str, ...]:
    """What is held, the product that carries the charge first: the internet, else the telephone."""
    internet = word(row, "InternetService")
    if internet not in ("DSL", "Fiber optic", "No"):
        raise Bad(f"InternetService is {internet[:40]!r}, none that we know")
    found = [f"InternetService-{internet}"] if internet != "No" else []
    for name in ("PhoneService", "MultipleLines", *ADDONS):
        answer = word(row, name)
        if answer not in ("Yes", "No", "No phone service", "No internet service"):
            raise Bad(f"{name} is {answer[:40]!r}, neither Yes nor No")
        found += [name] if answer == "Yes" else []
    if "MultipleLines" in found and "PhoneService" not in found:
        raise Bad("it has MultipleLines without PhoneService")
    if internet == "No" and set(found) & set(ADDONS):
        raise Bad("it has add-ons of the internet without InternetService")
    if not found:
        raise Bad("it holds no product")
    return tuple(found)


async def _offerings(store: Store) -> dict[str, catalogue.Offering]:
    """What they hold is known in the catalogue, and not on sale."""
    found: dict[str, catalogue.Offering] = {}
    async with store.edge(0) as tx:
        for key, name in NAMES.items():
            id_ = f"{SOURCE}-{re.sub(r'[^a-z]+', '-', key.lower())}"
            traits = [{"name": "kind", "productSpecCharacteristicValue": [{"value": "service"}]}]
            await catalogue.actions.put(
                tx, id_, {"name": name, "lifecycleStatus": "Retired", "isSellable": False, "prodSpecCharValueUse": traits}
            )
            found[key] = await catalogue.queries.known(tx, id_)
    return found


async def _bring(store: Store, some: list[Held], offerings: dict[str, catalogue.Offering], report: Report, say: Say) -> None:
    outcomes = await store.run(some[0].home, lambda tx: _enter_all(tx, some, offerings))
    before = report.added + report.known
    report.added += sum(outcomes)
    report.known += len(outcomes) - sum(outcomes)
    if before // SAY_EVERY != (report.added + report.known) // SAY_EVERY:
        say(f"{report.added + report.known:,} customers, {report.added:,} of them new")


async def _enter_all(tx: Tx, some: list[Held], offerings: dict[str, catalogue.Offering]) -> list[bool]:
    return [await _enter(tx, one, offerings) for one in some]


async def _enter(tx: Tx, one: Held, offerings: dict[str, catalogue.Offering]) -> bool:
    who, new = await party.actions.import_customer(
        tx, party.actions.Imported(kind=SOURCE, reference=one.id, name="", language="en", doc=one.doc)
    )
    if new:
        for place, product in enumerate(one.products):
            fee = one.monthly if place == 0 else Money(0, CURRENCY)
            offering = msgspec.structs.replace(offerings[product], fee=fee, contract_months=one.contract_months)
            id_ = keyed_id(tx.home, EPOCH, "held", who, product)
            await inventory.actions.hold_product(tx, party=who, offering=offering, started=_since(tx.now, one.tenure), id_=id_, quiet=True)
    return new


def _since(now: datetime, months: int) -> datetime:
    return now - months * MONTH
