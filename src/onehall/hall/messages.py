"""Sending texts to phones and mail addresses: in the reader's language, through the port, once."""

from typing import Any

from onehall.domains import party
from onehall.kernel import settings
from onehall.kernel.i18n import render
from onehall.kernel.identity.names import PHONE, party_of
from onehall.kernel.ids import home_for
from onehall.kernel.jobs import call
from onehall.kernel.store import Store


@call("sms.send", tries_max=6)
async def send(world: Any, body: dict[str, Any]) -> None:
    """This will send `text` to the phone `to`; the language is the one said, else the customer's, else the house's."""
    language = body.get("language") or await _language(world.engine.store, body["to"])
    await world.sms.send(body["to"], render(body["text"], language), body["job"])


@call("mail.send", tries_max=6)
async def mail(world: Any, body: dict[str, Any]) -> None:
    """This will send `text` under `subject` to the address `to`, in the language said, else the house's."""
    language = body.get("language") or settings.current().language
    await world.mail.send(body["to"], render(body["subject"], language), render(body["text"], language), body["job"])


async def _language(store: Store, phone: str) -> str:
    async with store.edge(home_for(phone)) as tx:
        name = await party_of(tx, PHONE, phone)
    if name is None:
        return settings.current().language
    async with store.edge(name) as tx:
        contact = await party.queries.contact(tx, name)
    return contact.language or settings.current().language
