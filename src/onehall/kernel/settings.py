"""What can be set from outside: one frozen Struct, read once from the environment.

A field `otp_minutes` is the variable ONEHALL_OTP_MINUTES; `database_url` alone is DATABASE_URL. An unknown ONEHALL_*
variable is an error, so that a misspelt one is not silently without effect.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

PREFIX = "ONEHALL_"
OUTSIDE = {"database_url": "DATABASE_URL"}
# the Makefile tells the house by the first that it was started by make; a house of several processes tells them by the other what is theirs
NOT_OURS = frozenset({"ONEHALL_PARENT", "ONEHALL_CHILD"})
SECRET_FILE = "secret"
SECRET_MIN = 32


class BadSetting(ValueError):
    """A setting cannot be read; the message is one line for the person who set it."""


def _said(doc: str, **limits: Any) -> Any:
    return Meta(description=doc, **limits)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting with its default; each says in one sentence what it does."""

    host: Annotated[str, _said("The address that is listened on.")] = "127.0.0.1"
    port: Annotated[int, _said("The port that is listened on.", ge=1, le=65535)] = 8000
    processes: Annotated[
        int, _said("How many app processes `onehall up` starts behind the one port; with more than one, a worker process too.", ge=1, le=64)
    ] = 1
    home: Annotated[str, _said("The data folder: embedded database, secret, uploads.")] = ".onehall"
    database_url: Annotated[str, _said("A PostgreSQL of your own; when blank, the embedded one is started.")] = ""
    database_pool: Annotated[int, _said("The most connections one process keeps open.", ge=2, le=500)] = 20
    replica_url: Annotated[str, _said("A streaming replica of the database, for reads that may lag; when blank, all is read at one.")] = ""
    replica_lag_seconds: Annotated[int, _said("How far the replica may be behind and still be read, seconds.", ge=1, le=300)] = 5
    bus_url: Annotated[
        str, _said("The NATS server that the log is told to (nats://host:4222); `simulated`: a table; when blank, it is not told.")
    ] = ""
    base_url: Annotated[str, _said("The address by which the world reaches us; when blank, host and port.")] = ""
    secret: Annotated[
        str, _said("What signs tokens and seals documents; when blank, made once and kept in the data folder.")
    ] = ""
    demo: Annotated[bool, _said("Whether an empty database is opened with the demo operator.")] = True
    simulated: Annotated[bool, _said("Whether the simulated world answers for ports without a real adapter.")] = True
    language: Annotated[Literal["en", "zh-CN"], _said("The language of those who have not chosen one.")] = "en"
    log_form: Annotated[Literal["console", "json"], _said("How log lines are written.")] = "console"
    log_level: Annotated[Literal["debug", "info", "warning", "error"], _said("The least grave line written.")] = "info"
    otp_minutes: Annotated[int, _said("How long a one-time code lives, minutes.", ge=1, le=60)] = 5
    otp_tries: Annotated[int, _said("Wrong tries after which a one-time code is dead.", ge=1, le=20)] = 5
    otp_wait_seconds: Annotated[int, _said("The least time between two codes to one phone, seconds.", ge=0)] = 60
    otp_per_hour: Annotated[int, _said("The most codes to one phone in an hour.", ge=1)] = 5
    otp_per_address: Annotated[
        int, _said("The most codes asked from one caller address in an hour; each process counts for itself.", ge=1)
    ] = 60
    session_hours: Annotated[int, _said("How long a customer's login in a browser lasts at most, hours.", ge=1)] = 12
    session_idle_minutes: Annotated[int, _said("After how long without a call a login ends, minutes.", ge=1)] = 60
    app_session_hours: Annotated[int, _said("How long a bearer token of an app lasts, hours.", ge=1)] = 24 * 30
    staff_session_hours: Annotated[int, _said("How long a login of staff lasts at most, hours.", ge=1)] = 10
    staff_tries: Annotated[int, _said("Failed logins after which a staff name is locked.", ge=1)] = 5
    staff_lock_minutes: Annotated[int, _said("How long a staff name stays locked, minutes.", ge=1)] = 15
    partner_token_minutes: Annotated[int, _said("How long a partner's access token lives, minutes.", ge=1)] = 60
    visitor_days: Annotated[int, _said("How long a guest is known again by cookie, days.", ge=1)] = 180
    login_per_minute: Annotated[
        int, _said("The most logins tried from one caller address in a minute; each process counts for itself.", ge=1)
    ] = 30
    handover_minutes: Annotated[int, _said("How long a hand-over code lives, minutes.", ge=1)] = 10
    handover_tries: Annotated[int, _said("Hand-over codes one caller may try in a minute; each process counts for itself.", ge=1)] = 10
    sms_per_minute: Annotated[int, _said("The most messages taken from one phone in a minute; each process counts for itself.", ge=1)] = 60
    sms_secret: Annotated[
        str, _said("What the message centre shows in X-Centre-Secret; when blank, only this machine may deliver messages.")
    ] = ""
    agent_per_minute: Annotated[
        int, _said("The most calls taken from one program for one customer in a minute; each process counts for itself.", ge=1)
    ] = 60
    mail_host: Annotated[str, _said("The SMTP server that mail is sent by; when blank, mail stays in simulated boxes.")] = ""
    mail_port: Annotated[int, _said("The SMTP server's port; on 465 TLS is spoken from the start.", ge=1, le=65535)] = 587
    mail_user: Annotated[str, _said("The name by which we log in to the SMTP server; when blank, without login or TLS.")] = ""
    mail_password: Annotated[str, _said("The password for the SMTP server.")] = ""
    mail_from: Annotated[str, _said("The address that mail is from.")] = "onehall@localhost"
    wechat_api: Annotated[
        str, _said("The address of the WeChat platform (https://api.weixin.qq.com); when blank, a simulated one answers.")
    ] = ""
    wechat_app_id: Annotated[str, _said("The id of our official account.")] = ""
    wechat_secret: Annotated[str, _said("The secret by which the official account asks for its access token.")] = ""
    wechat_token: Annotated[str, _said("The token that signs the platform's calls; when blank, only the simulated platform may call.")] = ""
    wechat_aes_key: Annotated[str, _said("The account's 43 letters for sealed messages; when blank, messages are plain.")] = ""
    wechat_template: Annotated[
        str, _said("The template for words that the chat takes no longer, and its field (`id:thing1`); when blank, they are not sent.")
    ] = ""
    push_contact: Annotated[
        str, _said("Where push services reach us (mailto:...); when blank, words to browsers stay in simulated ones.")
    ] = ""
    push_hosts: Annotated[
        tuple[str, ...], _said("Push services that browsers may name, comma separated; *. before what many end in.")
    ] = ("fcm.googleapis.com", "*.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com", "browser.simulated")
    smpp_host: Annotated[str, _said("The message centre spoken to by SMPP 3.4; when blank, messages stay on simulated phones.")] = ""
    smpp_port: Annotated[int, _said("The message centre's port.", ge=1, le=65535)] = 2775
    smpp_tls: Annotated[bool, _said("Whether the message centre is spoken to under TLS.")] = False
    smpp_system_id: Annotated[str, _said("The name by which we bind to the message centre, 15 letters at most.")] = ""
    smpp_password: Annotated[str, _said("The password by which we bind, 8 letters at most.")] = ""
    smpp_system_type: Annotated[str, _said("The kind of system that we are to the message centre, if it wants to know.")] = ""
    smpp_from: Annotated[str, _said("The number that our messages come from.")] = "10016"
    smpp_window: Annotated[int, _said("The most messages that wait for the centre's answer at once.", ge=1, le=1000)] = 10
    smpp_long: Annotated[
        Literal["udh", "sar", "payload"], _said("How a long message goes: in parts with a header, with sar parameters, or whole.")
    ] = "udh"
    smpp_link_seconds: Annotated[int, _said("After how long a silence the link to the centre is tried, seconds.", ge=1, le=3600)] = 30
    hold_minutes: Annotated[int, _said("How long a number or another scarce thing is held, minutes.", ge=1)] = 30
    usage_wait_days: Annotated[
        int, _said("How long a record of use waits for its number to get an account or a plan, days; then it is told of.", ge=1)
    ] = 90
    scan_days: Annotated[
        int, _said("How long the scan of a code is kept with whoever made it, days; its count and the log stay.", ge=31)
    ] = 90
    journey_days: Annotated[int, _said("After how many quiet days an open journey expires.", ge=1)] = 7
    allowance_reminder_days: Annotated[int, _said("How many days before an allowance ends its owner is told.", ge=1, le=30)] = 3
    reservation_minutes: Annotated[int, _said("How long units are set aside for a call in progress at most, minutes.", ge=1, le=1440)] = 60
    arrears_reminder_days: Annotated[
        int, _said("How many days after its due date an unpaid bill is called to mind (to be confirmed by the operator).", ge=0)
    ] = 1
    arrears_suspend_days: Annotated[
        int, _said("How many days after its due date an unpaid bill has the line suspended (to be confirmed by the operator).", ge=1)
    ] = 15
    page_max: Annotated[int, _said("The most rows one page of a list gives.", ge=1, le=10_000)] = 100
    body_max: Annotated[int, _said("The largest request body taken, bytes.", ge=1024)] = 1_000_000
    call_seconds: Annotated[int, _said("How long a call to the outside world may take, seconds.", ge=1)] = 20
    workers: Annotated[int, _said("Jobs done at once by one process.", ge=1, le=200)] = 8
    callbacks: Annotated[
        tuple[str, ...], _said("Hosts to which notifications may be posted, comma separated; * for any public host.")
    ] = ("*",)
    proxies: Annotated[
        tuple[str, ...], _said("Addresses of proxies whose X-Forwarded-For is believed, comma separated.")
    ] = ()

    @property
    def url(self) -> str:
        """This will give the public address, without a slash at its end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def https(self) -> bool:
        """This will tell whether cookies may be marked Secure."""
        return self.url.startswith("https://")

    @property
    def folder(self) -> Path:
        """This will give the data folder."""
        return Path(self.home)


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """This will read the settings from the environment; blank variables count as not set.

    :raises BadSetting: a variable is unknown or its value is not of its kind.
    """
    given = {name: value for name, value in (os.environ if environ is None else environ).items() if value != ""}
    known = {variable(field): field for field in Settings.__struct_fields__}
    for name in given:
        if name.startswith(PREFIX) and name not in known and name not in NOT_OURS:
            raise BadSetting(f"{name} is not a setting of this house; see docs/reference/settings.md")
    values = {field: _value(name, field, given[name]) for name, field in known.items() if name in given}
    return Settings(**values)


def with_secret(settings: Settings) -> Settings:
    """This will give settings that have a secret: made on first use, kept for its owner only in the data folder.

    :raises BadSetting: the secret given or kept is shorter than 32 characters.
    """
    if settings.secret:
        return (
            settings
            if len(settings.secret) >= SECRET_MIN
            else _refuse("ONEHALL_SECRET must have 32 characters or more")
        )
    path = settings.folder / SECRET_FILE
    settings.folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{SECRET_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # whole or not at all, and the first of two processes wins
        except FileExistsError:
            pass  # another process was first: its secret is read
        finally:
            draft.unlink()
    kept = path.read_text().strip()
    if len(kept) < SECRET_MIN:
        _refuse(f"{path} does not hold a secret of ours; put the old file back or remove it")
    return msgspec.structs.replace(settings, secret=kept)


def _refuse(line: str) -> NoReturn:
    raise BadSetting(line)


_now: list[Settings] = []


def current() -> Settings:
    """This will give the settings of this process, read at the first call, with their secret."""
    if not _now:
        _now.append(with_secret(read()))
    return _now[-1]


def install(settings: Settings) -> Settings:
    """This will make `settings` those of this process; the edge calls it once at its start."""
    _now[:] = [with_secret(settings)]
    return _now[-1]


@contextmanager
def changed(**values: Any) -> Iterator[Settings]:
    """This will change some settings for a while; tests use it."""
    before = _now[-1] if _now else read()
    _now.append(with_secret(msgspec.structs.replace(before, **values)))
    try:
        yield _now[-1]
    finally:
        _now.pop()


def variable(field: str) -> str:
    """This will give the name of the environment variable of a field."""
    return OUTSIDE.get(field, PREFIX + field.upper())


def page() -> str:
    """This will write docs/reference/settings.md."""
    hints = get_type_hints(Settings, include_extras=True)
    lines = [
        "# Settings", "",
        "Generated from `onehall.kernel.settings`; do not edit.", "Environment variables, read once at the start.", "",
        "| variable | kind | default | what it does |", "|---|---|---|---|",
    ]  # fmt: skip
    for field, default in zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True):
        kind, meta = get_args(hints[field])
        lines.append(f"| `{variable(field)}` | {_kind(kind, meta)} | {_shown(default)} | {meta.description} |")
    return "\n".join(lines) + "\n"


def _value(name: str, field: str, text: str) -> Any:
    hint = get_type_hints(Settings, include_extras=True)[field]
    kind = get_args(hint)[0]
    given: Any = tuple(part.strip() for part in text.split(",") if part.strip()) if get_origin(kind) is tuple else text
    try:
        return msgspec.convert(given, hint, strict=False)
    except msgspec.ValidationError:
        raise BadSetting(f"{name} is {text!r}; it must be {_kind(kind, get_args(hint)[1])}") from None


def _kind(kind: Any, meta: Meta) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(get_args(kind))
    if kind is bool:
        return "true or false"
    if kind is not int:
        return "a list" if get_origin(kind) is tuple else "text"
    low, high = meta.ge, meta.le
    if high is not None:
        return f"a whole number from {low} to {high}"
    return "a whole number" + ("" if low is None else f" of {low} or more")


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        return f"`{','.join(default)}`" if default else ""
    return "" if default == "" else f"`{default}`"
