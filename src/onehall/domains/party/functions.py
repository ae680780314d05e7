"""What a customer can have done about themselves."""

from onehall.domains.party import actions, queries, rules
from onehall.domains.party.model import MARKETING, PERSONALISATION, WAYS, Consent, Party
from onehall.kernel import crypto
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import Text, _, thaw
from onehall.kernel.identity.codes import DIGITS, phone_of
from onehall.kernel.journeys import CHANNELS, Item, Journey, Option, Said, Summary, item
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

BY_HAND = Money(300)  # three minutes of a clerk at 60 yuan an hour
LANGUAGE_NAMES = {"en": "English", "zh-CN": "中文"}
SCOPES = {
    "look": _("look things up"),
    "ask": _("prepare everything, and I say yes"),
    "spend": _("agree by itself within a limit"),
}
AGENT_TERMS = (_("It never sees your documents, and cannot close a line, take a number away or change your name."),)
PURPOSE_NAMES = {MARKETING: _("Marketing"), PERSONALISATION: _("Offers chosen for you")}
PROGRAMS = _("Which programs act for a customer is between them and us; no program has a say in it.")


@function("contacts.see", title=_("See my contacts"), family="query", proof=Proof.CODE, words=("CXLX",), cost_by_hand=BY_HAND)
async def see_contacts(journey: Journey) -> Said:
    """This will show how we reach the customer."""
    contact = await queries.contact(journey.tx, journey.party)
    phone = crypto.mask_phone(contact.phone) if contact.phone else _("none")
    facts = [item(_("Phone"), phone), item(_("E-mail"), contact.email or _("none")), item(_("Language"), _spoken(contact.language))]
    return Said(_("We reach you at {phone}.", phone=phone), facts, next=("contacts.change", "language.change"))


@function(
    "contacts.change", title=_("Change my contacts"), family="handle", proof=Proof.CODE, words=("BGLX",), takes=("what",),
    secret=("code",), asks="choose enter", cost_by_hand=BY_HAND,
)  # fmt: skip
async def change_contacts(journey: Journey) -> Said:
    """This will change the contact phone, proven by a code sent to the new one, or the e-mail address."""
    what = await journey.choose("what", _("What has changed?"), _ways)
    if what.value == "email":
        email = await journey.enter("email", _("What is your e-mail address?"), rules.check_email, kind="email")
        await journey.do("change", actions.change_contact, party=journey.party, email=email)
        return Said(_("Your e-mail address is now {email}.", email=email), next=("contacts.see",))
    phone = await journey.enter("phone", _("What is your new phone number?"), phone_of, kind="phone")
    sent = await journey.hold("sent", "code_sent", of="phone", phone=phone)
    code = await journey.enter("code", _("We sent a code to {phone}. What is it?", phone=sent.ref), _code, kind="code")
    await journey.hold("shown", "code_shown", of="code", phone=phone, code=code, sent=sent.token)
    await journey.do("change", actions.change_contact, party=journey.party, phone=phone)
    return Said(_("We now reach you at {phone}.", phone=sent.ref), next=("contacts.see",))


@function(
    "language.change", title=_("Change language"), family="serve", proof=Proof.LINE, words=("YY",), takes=("language",), asks="choose"
)
async def change_language(journey: Journey) -> Said:
    """This will write to the customer in another language from now on."""
    chosen = await journey.choose("language", _("Which language?"), _languages)
    await journey.do("change", actions.change_language, party=journey.party, language=chosen.value)
    return Said(_("From now on we write to you in {language}.", language=LANGUAGE_NAMES[chosen.value]))


@function("consent.stop", title=_("Stop marketing"), family="serve", proof=Proof.LINE, words=("TD",))
async def stop_marketing(journey: Journey) -> Said:
    """This will stop marketing at once, with no question asked."""
    line = await journey.do("consent", actions.stop_marketing, party=journey.party)
    text = _("You will get no more marketing from us. Messages about your service still come.")
    return _consented(line, text, _("You get no marketing from us already."), "consent.start")


@function("consent.start", title=_("Allow marketing"), family="serve", proof=Proof.LINE, words=("DY", "KT"))
async def allow_marketing(journey: Journey) -> Said:
    """This will note that the customer wants to hear of offers."""
    line = await journey.do("consent", actions.allow_marketing, party=journey.party)
    text = _("You will hear of our offers. Send TD at any time to stop.")
    return _consented(line, text, _("You hear of our offers already. Send TD at any time to stop."), "consent.stop")


@function("consent.choose", title=_("Choose how you hear of offers"), family="serve", proof=Proof.LINE, words=("TDFS",), asks="choose")
async def choose_ways(journey: Journey) -> Said:
    """This will stop or allow marketing by one way, and leave the others as they are."""

    async def options() -> list[Option]:
        allowed = (await queries.marketing(journey.tx, journey.party)).ways
        return [_way_option(way, way in allowed) for way in WAYS]

    chosen = await journey.choose("way", _("Which way?"), options)
    way, _colon, wish = chosen.value.partition(":")
    act = actions.allow_marketing if wish == "allow" else actions.stop_marketing
    line = await journey.do("consent", act, party=journey.party, way=way)
    text = _("You get no more marketing by: {way}.", way=actions.WAY_NAMES[way])
    if wish == "allow":
        text = _("You hear of our offers by: {way}.", way=actions.WAY_NAMES[way])
    return _consented(line, text, _("It was so already."), "consent.mine")


@function("personalisation.stop", title=_("Switch off chosen offers"), family="serve", proof=Proof.LINE, words=("GBTJ",))
async def stop_personalisation(journey: Journey) -> Said:
    """This will show the customer the same offers as everybody."""
    line = await journey.do("consent", actions.stop_personalisation, party=journey.party)
    text = _("From now on you see the same offers as everybody.")
    return _consented(line, text, _("You see the same offers as everybody already."), "personalisation.allow")


@function("personalisation.allow", title=_("Switch on chosen offers"), family="serve", proof=Proof.LINE, words=("KQTJ",))
async def allow_personalisation(journey: Journey) -> Said:
    """This will let offers be chosen for the customer."""
    line = await journey.do("consent", actions.allow_personalisation, party=journey.party)
    text = _("From now on offers are chosen for you.")
    return _consented(line, text, _("Offers are chosen for you already."), "personalisation.stop")


@function("consent.mine", title=_("What I have allowed"), family="query", proof=Proof.LINE, words=("CXTY",))
async def see_consents(journey: Journey) -> Said:
    """This will show by which ways the customer hears of offers, and what they allowed and withdrew: when, where and in which words."""
    allowed = (await queries.marketing(journey.tx, journey.party)).ways
    lines = await queries.receipts(journey.tx, journey.party)
    text = _("You allow marketing.") if allowed else _("You do not allow marketing.")
    ways = [item(actions.WAY_NAMES[way], _mark(way in allowed)) for way in WAYS]
    return Said(text, [*ways, *map(_receipt, lines)], next=("consent.stop" if allowed else "consent.start", "consent.choose"))


@function("realname.status", title=_("My real-name registration"), family="query", proof=Proof.LINE, words=("CXSM",), cost_by_hand=BY_HAND)
async def real_name_status(journey: Journey) -> Said:
    """This will tell whether a document was checked, and how many lines may still be opened."""
    party = await queries.party(journey.tx, journey.party)
    if not party.document_hash:
        return Said(_("Your identity has not been checked yet."), next=("realname.register",))
    left = rules.lines_left(await queries.slots(journey.tx, party.document_hash), journey.tx.now)
    facts = [*_document(party), item(_("Lines you may still open"), left, "number")]
    return Said(_("Your real name is registered. You may open {count} more lines.", count=left), facts)


@function(
    "realname.register", title=_("Register my real name"), family="handle", proof=Proof.REAL_NAME, asks="prove wait", cost_by_hand=BY_HAND
)
async def register_real_name(journey: Journey) -> Said:
    """This will have a document checked, which is the whole of it."""
    party = await queries.party(journey.tx, journey.party)
    return Said(_("Your real name is registered: {name}.", name=crypto.mask_name(party.name)), _document(party), next=("realname.status",))


@function("person.card", title=_("My details"), family="query", proof=Proof.CODE, words=("CXZL",), cost_by_hand=BY_HAND)
async def person_card(journey: Journey) -> Said:
    """This will show what we know of the customer, masked."""
    party = await queries.party(journey.tx, journey.party)
    name = crypto.mask_name(party.name) if party.name else _("none")
    phone = crypto.mask_phone(party.phone) if party.phone else _("none")
    facts = [item(_("Name"), name), *_document(party), item(_("Phone"), phone), item(_("E-mail"), party.email or _("none"))]
    facts += [item(_("Language"), _spoken(party.language)), item(_("Customer since"), party.created, "date")]
    return Said(_("{name}, phone {phone}.", name=name, phone=phone), facts, next=("contacts.change", "realname.status"))


@function(
    "agent.allow", title=_("Let a program act for me"), family="serve", proof=Proof.CODE, words=("SQZS",), takes=("agent",),
    asks="choose enter confirm", but=("agent",), why=PROGRAMS,
)  # fmt: skip
async def allow_agent(journey: Journey) -> Said:
    """This will let a program act for the customer, within a scope and limits, until a day; a code takes it up."""
    name = await journey.enter("agent", _("What is the program called?"), rules.check_agent_name)
    scope = await journey.choose("scope", _("What may it do?"), _scopes)
    day = each = 0
    if scope.value == "spend":
        text = _("Up to how many yuan a day may it agree to by itself?")
        day = await journey.enter("day", text, rules.check_agent_limit, kind="number")
        each = await journey.enter("each", _("And at once?"), lambda yuan: rules.check_agent_each(yuan, day), kind="number")
    days = await journey.choose("days", _("For how long?"), _spans)
    lines = [item(_("Program"), name), item(_("It may"), scope.text), item(_("For"), days.text)]
    lines += [item(_("A day at most"), Money(day)), item(_("At once at most"), Money(each))] if day else []
    await journey.confirm("agree", Summary(lines, terms=[_("You can stop it at any time."), *AGENT_TERMS]))
    made = await journey.do(
        "grant", actions.grant_agent, party=journey.party, name=name, scope=scope.value, each_max=each, day_max=day, days=int(days.value)
    )
    facts = [item(_("Code"), made.code), item(_("Until"), made.grant.until, "date")]
    return Said(_("Give this code to {name} within minutes. Tell it to nobody else.", name=name), facts, next=("agent.mine", "agent.stop"))


@function(
    "agent.stop", title=_("Stop a program"), family="serve", proof=Proof.CODE, words=("QXZS",), asks="choose", but=("agent",), why=PROGRAMS
)
async def stop_agent(journey: Journey) -> Said:
    """This will end what a program may do for the customer, from this moment."""

    async def grants() -> list[Option]:
        held = await queries.agents(journey.tx, journey.party)
        return [Option(one.id, one.name, note=_("until {at}", at=one.until)) for one in held]

    if not await grants():
        return Said(_("You let no program act for you."), next=("agent.allow",))
    chosen = await journey.choose("grant", _("Which program?"), grants)
    await journey.do("stop", actions.end_agent, party=journey.party, grant=chosen.value)
    return Said(_("{name} can do nothing for you any more.", name=chosen.text), next=("agent.mine",))


@function(
    "agent.mine", title=_("Programs that act for me"), family="query", proof=Proof.CODE, words=("CXZS",), but=("agent",), why=PROGRAMS
)
async def see_agents(journey: Journey) -> Said:
    """This will tell which programs may act for the customer, what they may do, and until when."""
    held = await queries.agents(journey.tx, journey.party)
    facts = [item(one.name, _("{scope}, until {at}", scope=SCOPES[one.scope], at=one.until)) for one in held]
    text = _("{count} programs may act for you.", count=len(held)) if held else _("You let no program act for you.")
    return Said(text, facts, next=("agent.stop",) if held else ("agent.allow",))


async def _scopes() -> list[Option]:
    return [Option(scope, text) for scope, text in SCOPES.items()]


async def _spans() -> list[Option]:
    return [Option("1", _("One day")), Option("7", _("A week")), Option("30", _("Thirty days")), Option("90", _("Ninety days"))]


async def _ways() -> list[Option]:
    return [Option("phone", _("Phone")), Option("email", _("E-mail"))]


async def _languages() -> list[Option]:
    return [Option(language, name) for language, name in LANGUAGE_NAMES.items()]


def _code(text: str) -> str:
    if len(text) != DIGITS or not text.isdigit():
        raise Refusal("code.form", _("The code has {count} digits.", count=DIGITS), 422)
    return text


def _spoken(language: str | None) -> Text | str:
    return LANGUAGE_NAMES.get(language or "") or _("none")


def _document(party: Party) -> list[Item]:
    if not party.document_type or party.real_name_at is None:
        return []
    kind = rules.DOCUMENTS[party.document_type]
    return [item(_("Document"), kind), item(_("Document number"), party.document_masked), item(_("Checked"), party.real_name_at, "date")]


def _receipt(line: Consent) -> Item:
    what = PURPOSE_NAMES.get(line.purpose, line.purpose)
    where = CHANNELS[line.channel].title if line.channel in CHANNELS else line.channel
    words = _("{mark}, {at}, {channel}: {words}", mark=_mark(line.allowed), at=line.at, channel=where, words=thaw(line.words))
    return item(what, words)


def _mark(allowed: bool) -> Text:
    return _("allowed") if allowed else _("stopped")


def _way_option(way: str, allowed: bool) -> Option:
    name = actions.WAY_NAMES[way]
    if allowed:
        return Option(f"{way}:stop", _("Stop: {way}", way=name), note=_("You hear of offers this way now."))
    return Option(f"{way}:allow", _("Allow: {way}", way=name), note=_("You do not hear of offers this way now."))


def _consented(line: Consent | None, text: Text, already: Text, follow: str) -> Said:
    facts = [item(_("Receipt"), line.id), item(_("Since"), line.at, "date")] if line else []
    return Said(text if line else already, facts, next=tuple(dict.fromkeys((follow, "consent.mine"))))
