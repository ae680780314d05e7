"""PostgreSQL's own programs: those that come with the house, else those of the machine, of the version that is needed."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from onehall.launch.postgres import binaries
from onehall.launch.postgres.account import Account, account_for
from onehall.launch.trouble import Trouble

PLACES: Final = ("/usr/lib/postgresql/{version}/bin", "/usr/pgsql-{version}/bin", "/opt/homebrew/opt/postgresql@{version}/bin")


def folder(version: int, account: Account, *needed: str) -> Path:
    """This will give the folder of programs of a version of PostgreSQL.

    :raises Trouble: there are none of it; in one line, what to install.
    """
    for place in _places(version, account):
        if all((place / name).exists() for name in needed) and _version(place / needed[0]) == version:
            return place
    raise Trouble(
        f"{' and '.join(needed)} of PostgreSQL {version} are not on this machine: install them (Debian: postgresql-{version}), "
        "or run this where the database runs"
    )


def own_account() -> Account:
    """This will give the account under which programs run that only ask."""
    return account_for(Path("/nowhere"))


def _places(version: int, account: Account) -> list[Path]:
    found = [Path(place.format(version=version)) for place in PLACES]
    try:
        found.insert(0, binaries.binaries(account) / "bin")
    except Trouble:
        pass
    on_path = shutil.which("pg_config")
    return [*found, *([Path(on_path).resolve().parent] if on_path else [])]


def _version(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    numbers = [word.split(".")[0] for word in said.split() if word[0].isdigit()]
    return int(numbers[0]) if numbers and numbers[0].isdigit() else 0
