"""Pages, order, projection, counts and links."""

import pytest

from onehall.kernel.store import counting
from tests.kernel.resources import library
from tests.kernel.resources.conftest import Api

PATH = f"/tmf-api/{library.API}/v4/book"


ORDERS = [
    ("name", "ABCDE"),
    ("-name", "EDCBA"),
    ("%2Bname", "ABCDE"),
    ("+name", "ABCDE"),
    ("-size.pages,-name", "DCABE"),
    ("size.pages,%2Bname", "BACDE"),
    ("-lastUpdate", "EDCBA"),
    ("lifecycleStatus,-name", "EDBAC"),
]


async def test_a_list_is_sorted(shelf: Api, subtests: pytest.Subtests) -> None:
    for sort, expected in ORDERS:
        with subtests.test(sort=sort):
            answer = await shelf.get(f"/book?sort={sort}")
            assert "".join(book["name"][0] for book in answer.json()) == expected


async def test_a_page_says_where_it_lies(shelf: Api) -> None:
    answer = await shelf.get("/book?sort=name&offset=2&limit=2&lifecycleStatus=Active,Retired")
    assert answer.status_code == 206
    assert [book["name"] for book in answer.json()] == ["Chén", "Dune"]
    assert (answer.headers["X-Total-Count"], answer.headers["X-Result-Count"]) == ("5", "2")
    kept = f"{PATH}?sort=name&lifecycleStatus=Active%2CRetired"
    assert answer.headers["Link"].split(", ") == [
        f'<{kept}&offset=2&limit=2>; rel="self"',
        f'<{kept}&offset=0&limit=2>; rel="first"',
        f'<{kept}&offset=4&limit=2>; rel="last"',
        f'<{kept}&offset=0&limit=2>; rel="prev"',
        f'<{kept}&offset=4&limit=2>; rel="next"',
    ]


async def test_walking_by_next_meets_every_row_once(shelf: Api) -> None:
    url, seen = f"{PATH}?limit=2", []
    while url:
        answer = await shelf.get(url)
        seen += [book["name"] for book in answer.json()]
        links = dict(reversed(link.split("; rel=")) for link in answer.headers["Link"].split(", "))
        url = links.get('"next"', "")[1:-1]
    assert sorted(seen) == ["Ahab", "Bell, Book", "Chén", "Dune", "Eel"]


COUNTS = [
    ("", 200, 5, 5),
    ("limit=5", 200, 5, 5),
    ("limit=0", 206, 0, 5),
    ("offset=5", 206, 0, 5),
    ("offset=900", 206, 0, 5),
    ("offset=1", 206, 4, 5),
    ("limit=100000", 200, 5, 5),
    ("name=none", 200, 0, 0),
    ("name=Dune&limit=1", 200, 1, 1),
]


async def test_counts_and_status(shelf: Api, subtests: pytest.Subtests) -> None:
    for query, status, here, total in COUNTS:
        with subtests.test(query=query):
            answer = await shelf.get(f"/book?{query}")
            assert (answer.status_code, len(answer.json())) == (status, here)
            assert (answer.headers["X-Result-Count"], answer.headers["X-Total-Count"]) == (str(here), str(total))


async def test_a_limit_is_a_thousand_at_most(api: Api) -> None:
    async with api.store.edge(0) as tx:
        await tx.write(
            "INSERT INTO book SELECT 'b' || n, jsonb_build_object('name', n), 1, n::text, now(), 'Active' FROM generate_series(1, 1001) n"
        )
    assert len((await api.get("/book?limit=5000")).json()) == 1000
    assert len((await api.get("/book")).json()) == 100


FIELDS = [
    ("name", {"id", "href", "name"}),
    ("none", {"id", "href"}),
    ("name,lifecycleStatus", {"id", "href", "name", "lifecycleStatus"}),
    ("size.pages", {"id", "href", "size"}),
    ("@type", {"id", "href", "@type"}),
    ("nothing", {"id", "href"}),
    ("", {"id", "href"}),
]


async def test_fields_project(shelf: Api, subtests: pytest.Subtests) -> None:
    for fields, expected in FIELDS:
        with subtests.test(fields=fields):
            listed = (await shelf.get(f"/book?name=Ahab&fields={fields}")).json()
            assert [set(book) for book in listed] == [expected]
            got = (await shelf.get(f"/book/{listed[0]['id']}?fields={fields}")).json()
            assert got == listed[0]


async def test_repeated_fields_are_one_list(shelf: Api) -> None:
    assert set((await shelf.get("/book?name=Ahab&fields=name&fields=isRare")).json()[0]) == {"id", "href", "name", "isRare"}


async def test_a_list_costs_two_statements_and_a_get_one(shelf: Api) -> None:
    with counting() as statements:
        await shelf.get("/book?limit=2&name.ne=Eel")
    assert len(statements) == 2
    with counting() as statements:
        found = (await shelf.get("/book")).json()
    assert len(statements) == 1
    with counting() as statements:
        await shelf.get(f"/book/{found[0]['id']}?fields=name")
    assert len(statements) == 1


async def test_a_list_that_takes_too_long_is_refused_and_not_waited_for(shelf: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onehall.kernel.resources.engine.LIST_SECONDS_MAX", 0.0)
    answer = await shelf.get("/book?name=Ahab")
    assert answer.status_code == 400 and "too long" in answer.json()["reason"]
    monkeypatch.undo()
    assert (await shelf.get("/book?name=Ahab")).status_code == 200
