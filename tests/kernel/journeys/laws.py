"""What must hold of journeys at every moment, read from the tables alone."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from onehall.kernel import ids
from onehall.kernel.store import Store
from tests.kernel.journeys import fair

OVER = ("done", "refused", "expired", "cancelled", "moved")
JOB_DONE_LATER = ("journey.release", "journey.give_back", "journey.arrive")
_ALL = """SELECT
    (SELECT jsonb_agg(to_jsonb(j) ORDER BY id) FROM journey j) AS journeys,
    (SELECT jsonb_agg(to_jsonb(t) ORDER BY kind, name) FROM fair_thing t) AS things,
    (SELECT jsonb_agg(to_jsonb(p) ORDER BY id) FROM fair_payment p) AS payments,
    (SELECT jsonb_agg(to_jsonb(o) ORDER BY id) FROM fair_order o) AS orders,
    (SELECT jsonb_agg(to_jsonb(e) ORDER BY id) FROM event e WHERE type LIKE 'journey.%') AS events,
    (SELECT jsonb_agg(to_jsonb(w)) FROM (SELECT kind, state, body FROM job) w) AS jobs"""


class Books:
    """The tables as they are now."""

    def __init__(self) -> None:
        self.journeys: list[dict[str, Any]] = []
        self.things: list[dict[str, Any]] = []
        self.payments: list[dict[str, Any]] = []
        self.orders: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.jobs: list[dict[str, Any]] = []

    async def read(self, store: Store) -> "Books":
        """This will read them all."""
        async with Store.edge(store, 0) as tx:
            row = await tx.read_one(_ALL)
        assert row is not None
        for name in ("journeys", "things", "payments", "orders", "events", "jobs"):
            setattr(self, name, row[name] or [])
        for thing in self.things:
            thing["until"] = thing["until"] and datetime.fromisoformat(thing["until"])
        return self

    def living(self) -> dict[str, dict[str, Any]]:
        """This will give the row of each journey in which it is now, by the stem of its id."""
        return {ids.stem(row["id"]): row for row in self.journeys if row["state"] != "moved"}

    def held(self) -> set[tuple[str, str]]:
        """This will give what open journeys say that they hold: thing and token."""
        rows = [row for row in self.journeys if row["state"] not in OVER]
        return {(e["value"]["ref"], e["value"]["token"]) for row in rows for e in row["entries"] if e["kind"] == "hold"}


class Laws:
    """They remember what was, to know that it is still so."""

    def __init__(self) -> None:
        self.ended: dict[str, dict[str, Any]] = {}
        self.counts: dict[str, tuple[int, int]] = {}
        self.facts: dict[tuple[str, str], Any] = {}

    def check(self, books: Books) -> None:
        """This will hold the books against every law that must be true at all times."""
        nothing_is_sold_twice(books)
        each_effect_is_done_once(books)
        what_was_sold_stays_sold(books)
        paid_money_is_somewhere(books)
        staff_stand_by_what_they_did(books)
        no_secret_lies_open(books)
        each_story_is_in_order(books)
        assert not [job for job in books.jobs if job["state"] == "dead"]
        self.counts_only_grow(books)
        self.what_ended_never_changes(books)
        self.what_is_sealed_stays(books)

    def counts_only_grow(self, books: Books) -> None:
        for stem, row in books.living().items():
            before = self.counts.get(stem, (0, 0))
            now = (row["revision"], row["turn"])
            assert now[0] >= before[0] and now[1] >= before[1], f"{before} -> {now}"
            self.counts[stem] = now

    def what_ended_never_changes(self, books: Books) -> None:
        for row in books.journeys:
            if row["id"] in self.ended:
                assert row == self.ended[row["id"]]
            elif row["state"] in OVER:
                self.ended[row["id"]] = row

    def what_is_sealed_stays(self, books: Books) -> None:
        for stem, row in books.living().items():
            places = [place for place, entry in enumerate(row["entries"]) if entry["kind"] == "effect"]
            sealed = [e for e in row["entries"][: max(places, default=0)] if e["kind"] in ("answer", "effect", "payment")]
            for entry in sealed:
                assert self.facts.setdefault((stem, entry["key"]), entry) == entry
            asked = (row["question"] or {}).get("key")
            assert (stem, asked) not in self.facts, f"{asked} was sealed and is asked again"


def nothing_is_sold_twice(books: Books) -> None:
    good = [order for order in books.orders if order["state"] == "good"]
    assert max(Counter(order["sweet"] for order in good).values(), default=1) == 1
    assert max(Counter(order["box"] for order in good if order["box"]).values(), default=1) == 1
    sold = {(thing["kind"], thing["name"]): thing["sold"] for thing in books.things}
    assert all(sold["sweet", order["sweet"]] == order["id"] for order in good)
    assert all(sold["box", order["box"]] == order["id"] for order in good if order["box"])


def each_effect_is_done_once(books: Books) -> None:
    assert max(Counter(order["journey"] for order in books.orders).values(), default=1) == 1
    assert max(Counter(order["payment"] for order in books.orders).values(), default=1) == 1
    told = Counter((event["key"][-12:], event["body"]["question"]) for event in books.events if event["type"] == "journey.done_step")
    assert max(told.values(), default=1) == 1
    for row in books.journeys:
        keys = Counter((entry["kind"], entry["key"]) for entry in row["entries"] if entry["kind"] != "proof")
        assert max(keys.values(), default=1) == 1
        orders = [entry["value"] for entry in row["entries"] if entry["kind"] == "effect"]
        assert set(orders) <= {order["id"] for order in books.orders}


def what_was_sold_stays_sold(books: Books) -> None:
    """A journey whose order stands ends well, whatever becomes of its options since."""
    good = {order["journey"] for order in books.orders if order["state"] != "failed"}
    for stem, row in books.living().items():
        assert stem not in good or row["state"] in ("waiting", "done", "expired"), row


def paid_money_is_somewhere(books: Books) -> None:
    """A paid payment is an order's, or an open journey's that goes on with it, or on its way back."""
    used = {order["payment"] for order in books.orders if order["state"] != "failed"}
    coming = {job["body"].get("payment") for job in books.jobs if job["kind"] == "journey.give_back"}
    for payment in books.payments:
        if payment["state"] == "refunded":
            assert payment["id"] not in used
        if payment["state"] == "paid" and payment["id"] not in used | coming:
            raise AssertionError(f"{payment} is paid and nobody cares")


def staff_stand_by_what_they_did(books: Books) -> None:
    for row in books.journeys:
        for entry in row["entries"]:
            if entry.get("channel") == "f.desk":
                assert entry.get("staff") in ("c1", "c2"), entry
            if entry.get("channel") in ("f.web", "f.sms") and entry["kind"] != "payment":
                assert entry.get("staff") is None, entry


def no_secret_lies_open(books: Books) -> None:
    """Wherever one looks; that the function itself reads the word is seen in that the journeys go on."""
    for rows in (books.journeys, books.events, books.jobs, books.orders):
        assert fair.WORD not in str(rows), "a secret answer can be read"


def each_story_is_in_order(books: Books) -> None:
    stories: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in books.events:
        stories[event["journey"]].append(event)
    states = {row["id"]: row["state"] for row in books.journeys}
    moved_here = {row["moved_to"] for row in books.journeys if row["moved_to"]}
    assert set(stories) <= set(states)
    for journey, story in stories.items():
        kinds = [event["type"] for event in story]
        assert kinds[0] == ("journey.moved" if journey in moved_here else "journey.opened")
        assert kinds.count(kinds[0]) == 1
        assert kinds.count("journey.ended") == (states[journey] in OVER and states[journey] != "moved")
        assert "journey.ended" not in kinds[:-1]
        assert all(event["body"]["seconds"] >= 0 and event["function"] and event["channel"] for event in story)


def nothing_is_left_lying(books: Books, now: Any) -> None:
    """When all work is done and nobody died: what is held is held by an open journey."""
    held = books.held()
    for thing in books.things:
        if thing["token"] and thing["until"] > now:
            assert (thing["name"], thing["token"]) in held, f"{thing} is held by nobody"


def all_money_is_settled(books: Books) -> None:
    """When all journeys have ended and all work is done."""
    used = {order["payment"] for order in books.orders if order["state"] == "good"}
    assert not [row for row in books.journeys if row["state"] not in OVER]
    assert not [job for job in books.jobs if job["kind"] in JOB_DONE_LATER]
    for payment in books.payments:
        assert payment["state"] == "paid" if payment["id"] in used else payment["state"] in ("refunded", "void", "failed"), payment
    assert {order["state"] for order in books.orders} <= {"good", "failed"}
