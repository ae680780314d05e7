"""The demo operator's places and people. The passwords are known to everybody: this is a demonstration, never more."""

from typing import Final

import msgspec

from onehall.kernel.identity import partners, staff
from onehall.kernel.ids import home_for
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

UNITS: Final = (
    ("onehall", "Onehall Telecom", "一厅通信"), ("onehall.gd", "Guangdong", "广东"), ("onehall.gd.gz", "Guangzhou", "广州"),
    ("onehall.gd.gz.s1", "Tianhe store, Guangzhou", "广州天河营业厅"), ("onehall.gd.gz.s2", "Yuexiu store, Guangzhou", "广州越秀营业厅"),
    ("onehall.gd.sz", "Shenzhen", "深圳"), ("onehall.gd.sz.s1", "Futian store, Shenzhen", "深圳福田营业厅"),
    ("onehall.gd.sz.s2", "Nanshan store, Shenzhen", "深圳南山营业厅"), ("onehall.zj", "Zhejiang", "浙江"),
    ("onehall.zj.hz", "Hangzhou", "杭州"),
    ("onehall.zj.hz.s1", "Wulin store, Hangzhou", "杭州武林营业厅"), ("onehall.zj.hz.s2", "Binjiang store, Hangzhou", "杭州滨江营业厅"),
)  # fmt: skip
STORES: Final = tuple(path for path, _name, _chinese in UNITS if path.count(".") == 3)
CITIES: Final = tuple(path for path, _name, _chinese in UNITS if path.count(".") == 2)
PASSWORD: Final = "onehall-demo"
CLIENT: Final = ("demo-partner", "onehall-demo-partner-secret")


class Person(msgspec.Struct, frozen=True):
    """A member of staff; `totp` is the base32 secret of their authenticator."""

    username: str
    name: str
    unit: str
    role: str
    totp: str


STAFF: Final = (
    Person("clerk-gz", "Chen Yu", "onehall.gd.gz.s1", "clerk", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXA"),
    Person("clerk-sz", "Lin Hao", "onehall.gd.sz.s1", "clerk", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXB"),
    Person("clerk-hz", "Wu Min", "onehall.zj.hz.s1", "clerk", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXC"),
    Person("supervisor", "Huang Li", "onehall.gd", "supervisor", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXD"),
    Person("accounts", "Qian Rui", "onehall.gd", "account_manager", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXG"),
    Person("packer", "He Jun", "onehall", "packer", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXH"),
    Person("courier", "Ma Tao", "onehall", "courier", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXI"),
    Person("operations", "Zhao Ning", "onehall", "operations", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXE"),
    Person("admin", "Sun Qi", "onehall", "admin", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXF"),
)


async def open_places(store: Store) -> None:
    """This will put up the tree of provinces, cities and stores."""
    async with store.edge(0) as tx:
        for path, name, chinese in UNITS:
            await staff.add_unit(tx, path, {"en": name, "zh-CN": chinese})


async def take_on(store: Store) -> None:
    """This will take on the staff and admit the partner; those who are there already stay as they are."""
    for person in STAFF:
        try:
            async with store.edge(home_for(person.username)) as tx:
                await staff.add(tx, person.username, PASSWORD, name=person.name, unit=person.unit, roles=(person.role,), totp=person.totp)
        except Refusal as known:
            if known.code != "staff.taken":
                raise
    try:
        async with store.edge(home_for(CLIENT[0])) as tx:
            await partners.add(tx, CLIENT[0], "Demo partner", secret=CLIENT[1])
    except Refusal as known:
        if known.code != "partner.taken":
            raise


def told() -> list[str]:
    """This will give the lines by which a visitor finds their way in."""
    lines = [f"  staff: password {PASSWORD}, authenticator secret"]
    lines += [f"    {person.username:<12} {person.totp}   {person.role}, {person.unit}" for person in STAFF]
    return [*lines, f"  partner: client id {CLIENT[0]}, secret {CLIENT[1]}"]
