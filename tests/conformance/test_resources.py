"""Every resource of the house, by every strict check, over HTTP, with the demo operator open."""

from contextlib import ExitStack

import pytest

from onehall import app
from onehall.kernel.resources import Resource
from tests.conformance import listening
from tests.conformance.face import Face, payloads
from tests.conformance.strict import CHECKS, run
from tests.ground.house import House

BODIES = payloads()
BODILESS = {"CancelProductOrder"}  # the order it names is fulfilled sooner than a suite can count on; the order's own tests cancel


def _name(resource: Resource) -> str:
    return f"{resource.api}-{resource.name}"


@pytest.mark.parametrize("resource", app.RESOURCES, ids=_name)
def test_what_can_be_created_has_a_body_for_the_kits(resource: Resource) -> None:
    assert resource.create is None or resource.may_write == "nobody" or resource.noun in BODIES or resource.noun in BODILESS


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("resource", app.RESOURCES, ids=_name)
def test_a_resource_is_strict(house: House, headers: dict[str, dict[str, str]], resource: Resource, name: str) -> None:
    if not run(name, Face(house.url, resource, headers, BODIES, app.RESOURCES, house.busy)):
        pytest.skip("the resource does not offer this, or there is none")


@pytest.mark.parametrize("resource", [one for one in app.RESOURCES if one.create and one.noun in BODIES], ids=_name)
def test_what_is_made_is_told_to_listeners(house: House, headers: dict[str, dict[str, str]], resource: Resource) -> None:
    with ExitStack() as open_:
        heard = open_.enter_context(listening.listening())
        face = open_.enter_context(Face(house.url, resource, headers, BODIES, app.RESOURCES, house.busy))
        hub = f"/tmf-api/{resource.api}/{resource.version}/hub"
        answer = face.call("POST", hub, json={"callback": heard.url, "query": f"eventType={resource.event('create')}"})
        assert answer.status_code == 201, answer.text
        made = face.make()
        notice = heard.wait(lambda notice: notice["event"][resource.name]["id"] == made["id"])
        assert (notice["eventType"], notice["eventTime"][-1]) == (resource.event("create"), "Z")
        assert face.call("DELETE", f"{hub}/{answer.json()['id']}").status_code == 204
