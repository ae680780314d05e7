"""Where the cluster lies, and how it comes to be whole: made beside its place, then renamed into it."""

import hashlib
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from onehall.launch.postgres.account import Account
from onehall.launch.postgres.binaries import shelter
from onehall.launch.trouble import Trouble

NAME = "postgres"
WHOLE = "onehall.whole"  # written last, before the rename
FIRST_OWN_OID = 16384  # databases that PostgreSQL itself made have lower numbers
Say = Callable[[str], None]


def settled(home: Path, account: Account) -> Path:
    """This will give the place of the cluster: in the data folder, or in root's shelter if it cannot be entered."""
    wanted = home / NAME
    if wanted.is_symlink():
        return Path(os.readlink(wanted))
    if wanted.exists() or not account.dropped or account.can_enter(home):
        return wanted
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:8]
    place = shelter(account) / f"{digest}-{secrets.token_hex(4)}"
    wanted.symlink_to(place)
    return place


def ensure(cluster: Path, account: Account, bin_folder: Path, say: Say, *, durable: bool) -> None:
    """This will leave a whole cluster at the place: the one that is there, or a new one.

    :raises Trouble: what is there is broken and may hold something of value, or is of another version.
    """
    for leftover in cluster.parent.glob(f"{cluster.name}.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if cluster.exists() and _missing(cluster):
        _heal(cluster, say)
    if not cluster.exists():
        _make(cluster, account, bin_folder, durable=durable)
    _check_version(cluster, bin_folder)


def _missing(cluster: Path) -> str | None:
    wanting = [name for name in ("PG_VERSION", "global/pg_control", "base") if not (cluster / name).exists()]
    return wanting[0] if wanting else None


def _heal(cluster: Path, say: Say) -> None:
    databases = [path for path in (cluster / "base").glob("[0-9]*") if int(path.name) >= FIRST_OWN_OID]
    if databases or (cluster / WHOLE).exists():
        raise Trouble(
            f"The data folder {cluster} holds a database but is not whole ({_missing(cluster)} is missing): "
            "put it back from a backup, or move the folder away to begin anew"
        )
    aside = cluster.with_name(f"{cluster.name}.half-{int(time.time())}")
    cluster.rename(aside)
    say(f"The data folder was half-initialised and held no database: made anew (the remains are in {aside})")


def _make(cluster: Path, account: Account, bin_folder: Path, *, durable: bool) -> None:
    fresh = cluster.with_name(f"{cluster.name}.new-{os.getpid()}")
    fresh.mkdir(parents=False)
    account.own(fresh)
    command: list[str | Path] = [
        *account.named(), bin_folder / "initdb", "-D", fresh, "-U", "onehall", "-E", "UTF8", "--locale=C", "--no-instructions",
        "--auth-local=trust", "--auth-host=reject", *([] if durable else ["--no-sync"]),
    ]  # fmt: skip
    made = subprocess.run(command, capture_output=True, text=True, **account.popen())
    if made.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise Trouble(f"PostgreSQL could not make its data folder {cluster}: {_last_line(made.stderr)}")
    (fresh / WHOLE).touch()
    fresh.rename(cluster)


def _check_version(cluster: Path, bin_folder: Path) -> None:
    has = (cluster / "PG_VERSION").read_text().strip()
    answer = subprocess.run([bin_folder / "postgres", "--version"], capture_output=True, text=True, cwd="/").stdout
    runs = answer.split()[-1].split(".")[0]
    if has != runs:
        raise Trouble(f"The data folder {cluster} was written by PostgreSQL {has}, but PostgreSQL {runs} is installed")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]
