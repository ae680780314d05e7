"""A join is by an index only where both columns sort alike: PostgreSQL keeps an index of one collation from a comparison in another.

Ids are COLLATE "C"; columns that name them were partly made without. Where the two meet, the statement says by whose index it goes:
`b.account = a.id COLLATE "default"`. Without it the whole home is read: all customers of it, not one.
"""

import re
from functools import cache

from tests.tidy.source import nothing
from tests.tidy.sql import CREATE, Statement, migrations, statements

TEXT = re.compile(r'^\s*(\w+) text\b( COLLATE "C")?', re.MULTILINE)
ADDED = re.compile(r'ALTER TABLE (\w+)[^;]*?ADD COLUMN (?:IF NOT EXISTS )?(\w+) text\b( COLLATE "C")?', re.I)
NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE)\s+(\w+)(?:\s+(?:AS\s+)?(?!ON|USING|WHERE|SET|LEFT|JOIN|ORDER|GROUP|CROSS|LIMIT|FOR)(\w+))?")
EQUAL = re.compile(r"\b(\w+)\.(\w+)\s*=\s*(\w+)\.(\w+)\b(?!\s+COLLATE)")


@cache
def collations() -> dict[tuple[str, str], bool]:
    """This will tell of every text column (table, column) whether it is COLLATE "C"."""
    found = {
        (table.lower(), column): bool(sorted_so)
        for _path, text in migrations() for table, body in CREATE.findall(text) for column, sorted_so in TEXT.findall(body)
    }  # fmt: skip
    added = {(table, column): bool(so) for _path, text in migrations() for table, column, so in ADDED.findall(text)}
    return found | added


def mixed(one: Statement) -> list[str]:
    """This will name the comparisons of a statement between columns that sort differently."""
    tables = {name: table for table, alias in NAMED.findall(one.text) for name in (table, alias) if name}
    pairs = [((tables.get(a), b), (tables.get(c), d)) for a, b, c, d in EQUAL.findall(one.text)]
    known = collations()
    return [f"{one.at} {x[0]}.{x[1]} = {y[0]}.{y[1]}" for x, y in pairs if known.get(x) is not known.get(y) and {x, y} <= known.keys()]


def test_joined_columns_sort_alike_or_say_how() -> None:
    assert len(collations()) > 500
    nothing([line for one in statements() if "fan-out:" not in one.marks for line in mixed(one)])


def test_a_join_across_collations_is_found() -> None:
    text = "SELECT 1 FROM billing_account a JOIN bucket b ON b.home = a.home AND b.account = a.id{} WHERE a.home = $1"
    assert len(mixed(Statement(text.format(""), "", "here"))) == 1
    assert mixed(Statement(text.format(' COLLATE "default"'), "", "here")) == []
