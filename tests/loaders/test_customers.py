"""The customers of a real list come in with all that they hold; bad rows are named and lose no good one."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from onehall.domains.party.queries import home_of_reference
from onehall.kernel.store import Store
from onehall.launch.trouble import Trouble
from onehall.loaders.customers import ADDONS, NAMES, SOURCE, load_customers
from onehall.loaders.rows import Refused

HEAD = (
    "customerID,gender,SeniorCitizen,Partner,Dependents,tenure,PhoneService,MultipleLines,InternetService,OnlineSecurity,OnlineBackup,"
    "DeviceProtection,TechSupport,StreamingTV,StreamingMovies,Contract,PaperlessBilling,PaymentMethod,MonthlyCharges,TotalCharges,Churn"
)
GOOD = "0001-AAAAA,Female,0,Yes,No,12,Yes,No,DSL,Yes,No,No,No,No,No,One year,Yes,Mailed check,56.95,{},No"


def _quiet(line: str) -> None:
    """Says nothing."""


def _file(folder: Path, *rows: str) -> Path:
    path = folder / "customers.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    return path


async def _held(store: Store) -> list[tuple[str, str, int, str]]:
    sql = """SELECT r.value, p.offering, p.fee, p.currency FROM product p
             JOIN external_reference r ON r.home = p.home AND r.party = p.party ORDER BY r.value, p.fee DESC, p.offering"""
    async with store.edge(0) as tx:
        return [tuple(row) for row in await tx.read(sql)]  # type: ignore[misc]


async def test_one_row_in_full(store: Store, tmp_path: Path) -> None:
    report = await load_customers(store, _file(tmp_path, GOOD.format(" ")), _quiet)
    assert (report.read, report.added, report.refused) == (1, 1, [])
    assert await _held(store) == [
        ("0001-AAAAA", "ibm-telco-internetservice-dsl", 5695, "USD"), ("0001-AAAAA", "ibm-telco-onlinesecurity", 0, "USD"),
        ("0001-AAAAA", "ibm-telco-phoneservice", 0, "USD"),
    ]  # fmt: skip
    async with store.edge(home_of_reference(SOURCE, "0001-AAAAA")) as tx:
        since = await tx.read("SELECT DISTINCT activated FROM product")
        row = await tx.read_one("SELECT doc FROM party")
    assert [(store.clock.now() - one["activated"]).days for one in since] == [360]  # 12 months of 30 days
    assert row and {one["name"]: one["value"] for one in row["doc"]["partyCharacteristic"]} == {
        "gender": "Female", "SeniorCitizen": "0", "Partner": "Yes", "Dependents": "No", "PaperlessBilling": "Yes",
        "PaymentMethod": "Mailed check",
        "Churn": "No", "Contract": "One year", "tenure": 12, "MonthlyCharges": 56.95,
    }  # fmt: skip


async def test_bad_rows_are_named_and_the_good_ones_kept(store: Store, tmp_path: Path) -> None:
    good = GOOD.format("683.40")
    path = _file(
        tmp_path, good, good, "0002-BBBBB,Male", good.replace("0001-A", "0003-A").replace(",12,", ",twelve,"), "",
        good.replace("0001-A", "0004-A").replace("56.95", "-1"), good.replace("0001-A", "0005-A").replace("683.40", "much"),
        good.replace("0001-A", "0006-A").replace("DSL,Yes", "DSL,Perhaps"),
        good.replace("0001-A", "0007-A").replace("One year", "For life"),
        good.replace("0001-AAAAA", ""), good.replace("0001-A", "0008-A").replace("Yes,No,DSL", "No,Yes,DSL"),
        good.replace("0001-A", "0009-A"),
    )  # fmt: skip
    said: list[str] = []
    report = await load_customers(store, path, said.append)
    assert report.refused == [
        Refused(3, "customerID 0001-AAAAA stands in line 2 already"), Refused(4, "it has 2 columns, not 21"),
        Refused(5, "tenure is 'twelve', not a number"), Refused(7, "MonthlyCharges is -1, out of bounds"),
        Refused(8, "TotalCharges is 'much', not a number"), Refused(9, "OnlineSecurity is 'Perhaps', neither Yes nor No"),
        Refused(10, "Contract is 'For life', none that we know"), Refused(11, "customerID is missing or not a text"),
        Refused(12, "it has MultipleLines without PhoneService"),
    ]  # fmt: skip
    assert (report.added, report.read) == (2, 11) and "line 5: tenure is 'twelve', not a number" in said
    assert Counter(value for value, *_rest in await _held(store)) == {"0001-AAAAA": 3, "0009-AAAAA": 3}


async def test_a_row_that_is_no_csv_loses_none_after_it(store: Store, tmp_path: Path) -> None:
    report = await load_customers(store, _file(tmp_path, '"a"b,c', GOOD.format("683.40")), _quiet)
    assert (report.read, report.added, [(one.line, one.why[:13]) for one in report.refused]) == (2, 1, [(2, "it is not CSV")])


async def test_a_file_without_the_columns_is_told_in_one_line(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(Trouble, match="lacks the columns customerID, tenure"):
        await load_customers(store, path, _quiet)


@pytest.mark.slow
async def test_the_whole_real_list(store: Store, shared: Path) -> None:
    path = shared / "data" / "churn" / "ibm_telco_churn_7043.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = Counter(name for row in rows for name in ("PhoneService", "MultipleLines", *ADDONS) if row[name] == "Yes")
    wanted += Counter(f"InternetService-{row['InternetService']}" for row in rows if row["InternetService"] != "No")
    report = await load_customers(store, path, _quiet)
    assert (report.read, report.added, report.known, report.refused) == (7043, 7043, 0, [])
    assert report.seconds < 60
    async with store.edge(0) as tx:
        held = {row["name"]: row["held"] for row in await tx.read("SELECT name ->> 'en' AS name, count(*) AS held FROM product GROUP BY 1")}
        paid = await tx.read_one("SELECT sum(fee) AS cents FROM product")
    assert held == {NAMES[name]: count for name, count in wanted.items()}
    assert paid and paid["cents"] == sum(round(float(row["MonthlyCharges"]) * 100) for row in rows)
    again = await load_customers(store, path, _quiet)
    assert (again.added, again.known) == (0, 7043)
    async with store.edge(0) as tx:
        row = await tx.read_one("SELECT (SELECT count(*) FROM product) AS products, (SELECT count(*) FROM party) AS parties")
    assert row and dict(row) == {"products": sum(held.values()), "parties": 7043}
