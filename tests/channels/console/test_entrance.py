"""Everybody of the staff is led to where their work is, and chooses their language there."""

import pytest

from onehall.demo import people
from tests.channels.desk.staff import Clerk
from tests.ground.house import House

WORK = {"account_manager": "/console/stores", "packer": "/console/centre", "courier": "/console/centre"}


@pytest.mark.parametrize("person", people.STAFF[2:], ids=lambda one: one.role)
async def test_staff_land_where_their_work_is(house: House, person: people.Person) -> None:
    async with Clerk(house, person.username) as member:
        await member.see("/desk/work")
        assert (member.at.status_code, member.at.url.path) == (200, WORK.get(person.role, "/desk"))
        await member.see("/console")
        if person.role == "clerk":
            assert member.at.status_code == 403
            return
        front = WORK.get(person.role, "/console")
        assert (member.at.status_code, member.at.url.path) == (200, front)
        await member.see(f"/console/lang/zh-CN?to={front}")
        assert (member.at.status_code, member.at.url.path) == (200, front) and 'lang="zh-CN"' in member.at.text
