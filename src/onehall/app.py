"""The only module that knows everyone: it puts the rooms of the house together over one store."""

from functools import partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from onehall import __version__
from onehall.adapters.bus import bus
from onehall.adapters.cabinet.simulated import Cabinets
from onehall.adapters.clock import Clockwork
from onehall.adapters.identity_check.simulated import SimulatedIdentityCheck
from onehall.adapters.invoice.simulated import SimulatedInvoice
from onehall.adapters.mail.simulated import SimulatedMail
from onehall.adapters.mail.smtp import SmtpMail
from onehall.adapters.network.simulated import SimulatedNetwork
from onehall.adapters.payment import page as bank
from onehall.adapters.payment.simulated import SimulatedPayment
from onehall.adapters.push.simulated import SimulatedPush
from onehall.adapters.sim_writer.simulated import SimulatedSimWriter
from onehall.adapters.sms.simulated import SimulatedSms
from onehall.adapters.sms.smpp import SmppSms
from onehall.adapters.wechat import platform
from onehall.channels import agent, api, charging, console, desk, field, hotline, kiosk, notices, simulated, sms, tmf, web, wechat
from onehall.domains import billing, catalogue, engage, estore, fulfilment, inventory, order, outreach, party, sweep
from onehall.hall import Hall, fit, functions, messages, provers, pushing
from onehall.hall.doors import Doors
from onehall.journeys import STORIES
from onehall.kernel import settings
from onehall.kernel.bell import Bell
from onehall.kernel.clock import Clock, MovableClock, SystemClock
from onehall.kernel.i18n import ZONE
from onehall.kernel.identity.http import Front
from onehall.kernel.relay import Relay
from onehall.kernel.replica import Replica
from onehall.kernel.resources import Resource, know
from onehall.kernel.resources.audience import Audience
from onehall.kernel.settings import Settings
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from onehall.pages.programs import Listing
from onehall.ports import World


def loaded(domain: ModuleType) -> tuple[Resource, ...]:
    """This will load what a domain offers and hears, so that it is known; gives its resources."""
    for room in ("functions", "reactions", "api"):
        if find_spec(f"{domain.__name__}.{room}"):
            import_module(f"{domain.__name__}.{room}")
    return tuple(getattr(getattr(domain, "api", None), "RESOURCES", ()))


DOMAINS = (party, catalogue, inventory, billing, order, fulfilment, estore, outreach, sweep, engage)
RESOURCES: tuple[Resource, ...] = tuple(resource for domain in DOMAINS for resource in loaded(domain))
know(RESOURCES)  # also a process that only works tells listeners of them
ROOMS = (*DOMAINS, *STORIES, functions, messages, provers, pushing)  # their functions, reactions and jobs are known once they are loaded
CHANNELS = (web, api, sms, desk, console, notices, charging, hotline, kiosk, agent, wechat, field)


class House:
    """A running house, or one process of it: its store, hall, worker, and the world outside.

    `works` is whether this process does the jobs; where it does not it rings for the workers of other processes.
    """

    def __init__(self, rules: Settings, clock: Clock | None = None, *, works: bool = True) -> None:
        self.settings = settings.install(rules)
        moving = MovableClock() if rules.simulated else SystemClock()
        self.store = Store(rules.database_url, clock=clock or moving, pool_size=rules.database_pool)
        self.clockwork = Clockwork(self.store)
        self.hall = Hall(self.store)
        self.front = Front(self.store)
        self.doors = Doors(self.front.gate)
        self.world = world(self.store, self.settings)
        self.world.engine = self.hall.engine
        if isinstance(self.world.sms, SmppSms):
            self.world.sms.hears = partial(sms.heard, self.hall, sent=True)
        self.worker = Worker(self.store, self.world, at_once=rules.workers, call_seconds=rules.call_seconds) if works else None
        self.bell = Bell(self.store)
        self.replica = Replica(self.store, rules.replica_url, lag_seconds_max=rules.replica_lag_seconds) if rules.replica_url else None
        outward = bus(rules.bus_url, self.store) if works else None
        self.relay = Relay(self.store, outward) if outward else None
        self.audience = Audience(self.store, alone=works)
        fit.keep_company(self.store, alone=works)

    async def open(self) -> None:
        """This will connect and begin to work."""
        await self.store.open()
        if self.settings.simulated:
            await self.clockwork.start()
        if self.replica:
            await self.replica.start()
        await self.hall.visits.start()
        await self.audience.start()
        if self.worker is None:
            self.bell.start()
            return
        await self.worker.start()
        if isinstance(self.world.sms, SmppSms):
            await self.world.sms.start()
        if self.relay:
            await self.relay.start()
        async with self.store.edge(0) as tx:
            today = tx.now.astimezone(ZONE).date()
            billing.reactions.plan_reconciliation(tx, today)
            billing.reactions.usage.plan_sweep(tx, today)
            outreach.actions.plan_sweep(tx, today)
            wechat.plan_menu(tx)

    async def close(self) -> None:
        """This will end what is begun and disconnect."""
        if self.relay:
            await self.relay.stop()
        if self.worker:
            if isinstance(self.world.sms, SmppSms):
                await self.world.sms.stop()
            await self.worker.stop()
        await self.bell.stop()
        await self.audience.stop()
        await self.hall.visits.stop()
        await self.clockwork.stop()
        if self.replica:
            await self.replica.stop()
        await self.store.close()


def world(store: Store, rules: Settings) -> World:
    """This will give the adapters: the simulated world, as long as no real one is set up."""
    return World(
        sms=SmppSms.of(store, rules) if rules.smpp_host else SimulatedSms(store),
        payment=SimulatedPayment(store), identity_check=SimulatedIdentityCheck(store),
        sim_writer=SimulatedSimWriter(store), network=SimulatedNetwork(store),
        invoice=SimulatedInvoice(store), mail=mail(store, rules), wechat=platform(store, rules),
        cabinets=Cabinets(rules.folder / "cabinets"), push=push(store, rules),
    )  # fmt: skip


def push(store: Store, rules: Settings) -> Any:
    """This will give the push services of real browsers once we say who we are, else simulated browsers."""
    if not rules.push_contact:
        return SimulatedPush(store)
    from onehall.adapters.push.web import WebPush  # its libraries are only read where they are needed

    return WebPush(rules.folder, rules.push_contact)


def mail(store: Store, rules: Settings) -> SimulatedMail | SmtpMail:
    """This will give the mail server that is set up, else simulated boxes."""
    if not rules.mail_host:
        return SimulatedMail(store)
    return SmtpMail(rules.mail_host, rules.mail_port, rules.mail_from, user=rules.mail_user, password=rules.mail_password)


def create(rules: Settings, clock: Clock | None = None, *, works: bool = True) -> Litestar:
    """This will make the application of a house; it connects and works while it is served."""
    house = House(rules, clock, works=works)
    state: dict[str, Any] = {
        "house": house, "hall": house.hall, "doors": house.doors, "world": house.world, "settings": rules, "clockwork": house.clockwork,
    }  # fmt: skip
    return Litestar(
        routes(rules), state=State(state), plugins=[house.front], on_startup=[house.open], on_shutdown=[house.close],
        exception_handlers={NotFoundException: web.nothing_here}, logging_config=None,  # telemetry writes the lines
        openapi_config=OpenAPIConfig(
            title="Onehall", version=__version__, path="/openapi", use_handler_docstrings=True, render_plugins=[Listing()]
        ),
    )  # fmt: skip


def routes(rules: Settings) -> list[ControllerRouterHandler]:
    """This will collect what every channel serves; the simulated world shows itself only while it is simulated."""
    found: list[ControllerRouterHandler] = [route for channel in CHANNELS for route in channel.routes]
    found.append(tmf.router(RESOURCES))
    if rules.simulated:
        found.extend([*simulated.routes, *bank.routes])
    return found
