"""What programs may do, seen and changed at the console: by whom, within which bounds, and at once."""

from onehall.hall import policy
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.journeys import CHANNELS
from onehall.kernel.store import Store
from tests.channels.desk.staff import Clerk
from tests.ground.house import House

LINE = {"admits": "", "own_yes": "", "proof": "", "each_max": "", "day_max": ""}
GENERAL = {"admits": "yes", "own_yes": "no", "proof": "2", "each_max": "50", "day_max": "100"}


async def _now(house: House) -> policy.Policy:
    store = await Store(house.dsn, pool_size=1).open()
    try:
        return await policy.read(store)
    finally:
        await store.close()


async def test_every_function_is_shown_as_it_comes_out(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        said = await keeper.see("/console/programs")
    for name, one in FUNCTIONS.items():
        assert (f"id=\"{name}\"" in keeper.at.text) == CHANNELS["agent"].fits(one), name
    assert "up to ¥50.00 at once, ¥100.00 a day" in said  # pack.add, by the house's first policy
    assert "Hands over to the customer" in said and "Not for programs" in said


async def test_a_line_is_changed_and_taken_away_and_the_log_says_by_whom(house: House) -> None:
    balance = FUNCTIONS["balance.check"]
    async with Clerk(house, "operations") as keeper:
        await keeper.post("/console/programs/balance.check", **LINE | {"admits": "no", "each_max": "7"})
        assert keeper.at.status_code == 200 and keeper.at.url.path == "/console/programs"
        rule = (await _now(house)).of(balance)
        assert (rule.admits, rule.each_max, rule.day_max) == ("no", 700, 10_000)
        await keeper.see("/console/programs/balance.check")
        assert '<option value="no" selected>Not for programs' in keeper.at.text and 'value="7"' in keeper.at.text
        await keeper.post("/console/programs/balance.check", **LINE)
    assert (await _now(house)).of(balance).admits == "yes"
    assert await house.value("SELECT count(*) FROM agent_policy WHERE name = 'balance.check'") == 0
    told = "SELECT count(*) FROM event WHERE type = 'agent.policy' AND staff IS NOT NULL AND body->>'line' = 'balance.check'"
    assert await house.value(told) == 2


async def test_a_family_is_changed_for_all_that_belongs_to_it(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        await keeper.post("/console/programs/family:query", **LINE | {"admits": "person"})
        now = await _now(house)
        assert now.of(FUNCTIONS["balance.check"]).admits == "person" and now.of(FUNCTIONS["topup"]).admits == "yes"
        await keeper.post("/console/programs/family:query", **LINE)
    assert (await _now(house)).of(FUNCTIONS["balance.check"]).admits == "yes"


async def test_what_no_line_may_say_changes_nothing(house: House) -> None:
    before = (await _now(house)).lines
    async with Clerk(house, "operations") as keeper:
        for name, says, why in (
            ("topup", LINE | {"each_max": "201"}, "Please enter whole yuan from 0 to 200."),
            ("topup", LINE | {"each_max": "20", "day_max": "10"}, "This is more than the limit of a day."),
            ("topup", LINE | {"day_max": "1.5"}, "Please enter whole yuan from 0 to 200."),
            ("topup", LINE | {"admits": "always"}, "That is none of the choices."),
            ("topup", LINE | {"proof": "3"}, "That is none of the choices."),
            ("everything", GENERAL | {"admits": ""}, "The general line says everything; the others may leave it to say."),
        ):
            said = await keeper.post(f"/console/programs/{name}", **says)
            assert keeper.at.status_code == 422 and why in said, says
        for name in ("nothing.known", "family:none", "query"):
            await keeper.post(f"/console/programs/{name}", **LINE | {"admits": "no"})
            assert keeper.at.status_code == 404, name
    assert (await _now(house)).lines == before


async def test_only_who_answers_for_the_whole_operator_changes_it(house: House) -> None:
    before = (await _now(house)).lines
    async with Clerk(house, "supervisor") as other, Clerk(house, "clerk-gz") as clerk:
        await other.see("/console/programs")
        assert other.at.status_code == 200 and "/console/programs/topup" not in other.at.text
        await other.see("/console/programs/topup")
        assert other.at.status_code == 403
        for staff in (other, clerk):
            await staff.post("/console/programs/topup", **LINE | {"admits": "no"})
            assert staff.at.status_code == 403
        await clerk.see("/console/programs")
        assert clerk.at.status_code == 403
    assert (await _now(house)).lines == before
