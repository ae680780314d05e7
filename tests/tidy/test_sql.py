"""The fourteen rules for SQL that runs unchanged on one PostgreSQL and on a sharded one, as far as text can show them.

A statement may be excused by a comment in it: `-- fan-out: why` (search by something else than an id, reports),
`-- cold: why` (not on a hot path).
"""

import re

from tests.tidy.source import nothing, place
from tests.tidy.sql import CREATE, customer_tables, migrations, statements

HOME = re.compile(r"\bhome\b")
PUT_IN = re.compile(r"WHERE.*\binserted\b|INSERT INTO \w+ \(inserted\)", re.DOTALL)  # conditions or columns that the code puts in
ASKS = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|random|gen_random_uuid|uuid_generate_v4|nextval)\s*\(|"
    r"\b(current_timestamp|current_date|localtimestamp)\b",
    re.I,
)
KEYS = re.compile(r"(?:PRIMARY KEY|UNIQUE|FOREIGN KEY)\s*\(([^)]*)\)", re.I)
UNIQUE_INDEX = re.compile(r"CREATE UNIQUE INDEX (?:IF NOT EXISTS )?\w+ ON (\w+)[^(]*\(([^;]*)", re.I)


def test_a_customers_row_is_found_by_its_home() -> None:
    """Rule 1: as many words `home` as tables of customers; a join names both."""
    wrong = []
    for one in statements():
        named = [table for table in [*one.read, *one.written] if table in customer_tables()]
        if named and len(HOME.findall(one.text)) < len(named) and not PUT_IN.search(one.text) and "fan-out:" not in one.marks:
            wrong.append(f"{one.at} {' '.join(named)}")
    nothing(wrong)


def test_keys_of_customers_begin_with_home() -> None:
    """Rule 1: primary, unique and foreign keys."""
    wrong = []
    for path, text in migrations():
        for table, body in CREATE.findall(text):
            columns = [key.split(",")[0].strip() for key in KEYS.findall(body)]
            single = re.search(r"^\s*\w+ [^,]*\b(PRIMARY KEY|UNIQUE)\b(?!\s*\()", body, re.I | re.MULTILINE)
            if table in customer_tables() and (set(columns) != {"home"} or single):
                wrong.append(f"{place(path)} {table}")
        for table, columns in UNIQUE_INDEX.findall(text):
            if table in customer_tables() and not HOME.search(columns):
                wrong.append(f"{place(path)} unique index on {table}")
    nothing(wrong)


def test_no_statement_inserts_what_it_selects() -> None:
    """Rule 4: prices are read first; on a sharded database INSERT .. SELECT is a two-phase commit."""
    pattern = re.compile(r"INSERT\s+INTO\s+\w+\s*(?:\([^)]*\))?\s*SELECT\b(.*)", re.I | re.DOTALL)
    wrong = []
    for one in statements():
        selected = pattern.search(one.text)
        if selected and "cold:" not in one.marks and not re.search(r"\bFROM\s+unnest\b", selected[1], re.I):
            wrong.append(one.at)
    nothing(wrong)


def test_no_statement_reads_a_table_that_it_writes() -> None:
    """Rule 4, but through RETURNING; rows that are locked are read to be written."""
    wrong = [
        f"{one.at} {both}"
        for one in statements()
        if (both := sorted(set(one.read) & one.written)) and "FOR UPDATE" not in one.text.upper() and "cold:" not in one.marks
    ]
    nothing(wrong)


def test_times_and_ids_come_from_the_application() -> None:
    """Rule 9, and no MERGE."""
    wrong = [one.at for one in statements() if one.written and ASKS.search(one.text)]
    wrong += [one.at for one in statements() if re.match(r"\s*MERGE\b", one.text, re.I)]
    nothing(wrong)


def test_no_lock_that_ends_at_one_node() -> None:
    """Rule 7: lease rows, no advisory locks."""
    nothing(one.at for one in statements() if "pg_advisory" in one.text or "pg_try_advisory" in one.text)


def test_ids_are_not_counted_and_nothing_is_triggered() -> None:
    """Rules 3 and 8, in the migrations."""
    forbidden = re.compile(r"\b(bigserial|smallserial|serial|AS\s+IDENTITY|nextval|CREATE\s+SEQUENCE|TRIGGER)\b", re.I)
    nothing(f"{place(path)} {found[0]}" for path, text in migrations() for found in forbidden.finditer(text))


def test_tables_come_first_and_foreign_keys_after() -> None:
    """Rule 12: no reference inside CREATE TABLE, and our own schema."""
    tables = [(f"{place(path)} {table}", body) for path, text in migrations() for table, body in CREATE.findall(text)]
    wrong = [at for at, body in tables if "REFERENCES" in body.upper()]
    wrong += [place(path) for path, text in migrations() if re.search(r"\bpublic\.", text)]
    nothing(wrong)


def test_one_statement_a_call() -> None:
    """Rule 12: a semicolon ends a statement and its line."""
    inner = re.compile(r";[ \t]*\S")
    nothing(place(path) for path, text in migrations() if inner.search(re.sub(r"'[^']*'", "", text)))


def test_every_migration_has_a_number_of_its_own() -> None:
    """Four digits, not used twice in a room."""
    names = [f"{place(path.parent)}/{path.name[:4]}" for path, _ in migrations()]
    nothing({name for name in names if names.count(name) > 1 or not re.search(r"/\d{4}$", name)})
