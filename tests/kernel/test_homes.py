"""The reader of statements sees what spans two homes: else it would prove nothing."""

import pytest

from onehall.kernel.store import Store
from tests.ground.homes import Sent, fanned, recorded, spanning

NOW = "2026-01-01"


@pytest.mark.parametrize(
    ("sql", "values", "homes"),
    [
        ("SELECT id FROM payment WHERE home = $1 AND id = $2", (7, "x"), {7}),
        ("SELECT id FROM payment WHERE home = ANY($1) AND id = $2", ([7, 8], "x"), {7, 8}),
        ("SELECT p.id FROM payment p JOIN entry e ON e.home = p.home WHERE p.home = $2 OR e.home = $1", (7, 8), {7, 8}),
        ("INSERT INTO event (id, home, at) VALUES ($1, $2, now()), ($3, $4, $5)", ("a", 7, "b", 8, NOW), {7, 8}),
        ("INSERT INTO login_tries AS t (home, kind) VALUES ($1, $2) ON CONFLICT (home, kind) DO NOTHING", (7, "x"), {7}),
        (
            "UPDATE job SET due = $1 FROM unnest($2::int[], $3::text[]) AS held (home, id) WHERE job.home = held.home",
            (NOW, [7, 8], []), {7, 8},
        ),  # fmt: skip
        ("INSERT INTO event (home, id) SELECT * FROM unnest($1::smallint[], $2::text[])", ([7, 7], ["a", "b"]), {7}),
        ("COPY event (home, id)", ([(7, "a"), (8, "b")],), {7, 8}),
        ("SELECT id FROM payment WHERE id = $1", ("x",), set()),
    ],
)
def test_the_homes_of_a_statement(sql: str, values: tuple[object, ...], homes: set[int]) -> None:
    sent = [Sent(sql, values, "/api/journeys")]
    assert sent[0].homes == homes
    assert len(spanning(sent)) == (0 if len(homes) == 1 else 1)


def test_a_declared_fan_out_is_none_of_a_customers() -> None:
    sql = "SELECT id FROM payment -- fan-out: the console"
    assert fanned([Sent(sql, (), "/api/journeys"), Sent(sql, (), "/console"), Sent(sql, (), None)]) == [f"/api/journeys: {sql}"]
    assert spanning([Sent(sql, (), "/console")]) == []


async def test_reference_tables_have_no_home_and_tests_look_where_they_like(store: Store) -> None:
    assert spanning([Sent("SELECT version FROM catalogue_version WHERE id = 1", (), "/api/journeys")]) == []
    with recorded() as sent:
        async with store.edge(3) as tx:
            await tx.read("SELECT count(*) FROM payment")
            tx.later("toy", {})
    assert len(sent) == 1 and sent[0].homes == {3} and sent[0].of_owners
