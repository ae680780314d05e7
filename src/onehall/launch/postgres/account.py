"""Under whose account PostgreSQL runs, since it refuses root, and what that account can reach."""

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onehall.launch.trouble import Trouble

# initdb asks for the name of its account. A container may run us under a number that has none; inside a user namespace of
# its own the same account goes by a number that has one, and what it writes still belongs to us.
NAMED = """
import ctypes, os, sys
inside, uid, gid = sys.argv[1], os.geteuid(), os.getegid()
if ctypes.CDLL(None, use_errno=True).unshare(0x10000000):  # CLONE_NEWUSER
    sys.exit(f"this account has no name on this machine (number {uid}): {os.strerror(ctypes.get_errno())}")
for name, text in (("setgroups", "deny"), ("uid_map", f"{inside} {uid} 1"), ("gid_map", f"{inside} {gid} 1")):
    with open(f"/proc/self/{name}", "w") as kept:
        kept.write(text)
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True)
class Account:
    """A user of the machine; `dropped` when we are root and step down to it."""

    uid: int
    gid: int
    dropped: bool

    def popen(self) -> dict[str, Any]:
        """This will give the arguments with which a subprocess runs as this account, in a folder it can enter."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
        step_down: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}
        return {"env": clean, "cwd": "/", "umask": 0o077, "stdin": subprocess.DEVNULL} | step_down

    def named(self) -> list[str]:
        """This will give what a command must begin with so that its account has a name: mostly nothing."""
        try:
            pwd.getpwuid(self.uid)
        except KeyError:
            return [sys.executable, "-I", "-c", NAMED, str(_unprivileged().pw_uid)]
        return []

    def can_enter(self, folder: Path) -> bool:
        """This will say whether the account can go into an existing folder; tried, not computed."""
        tried = subprocess.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], capture_output=True, **self.popen())
        return tried.returncode == 0

    def own(self, path: Path) -> None:
        """This will give a folder we made to the account, and to it alone."""
        path.chmod(0o700)
        if self.dropped:
            os.chown(path, self.uid, self.gid)


def account_for(cluster: Path) -> Account:
    """This will choose the account: ourselves, or as root the owner of the cluster that is there, or `nobody`.

    :raises Trouble: the cluster belongs to someone we cannot become.
    """
    owner = cluster.stat() if cluster.exists() else None
    if os.geteuid() != 0:
        if owner and owner.st_uid != os.geteuid():
            raise Trouble(
                f"The database in {cluster} belongs to the account {_name(owner.st_uid)}: "
                "start Onehall as that account or as root, or choose another folder with ONEHALL_HOME"
            )
        return Account(os.geteuid(), os.getegid(), dropped=False)
    if owner and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, dropped=True)
    entry = _unprivileged()
    return Account(entry.pw_uid, entry.pw_gid, dropped=True)


def _unprivileged() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        others = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
        if not others:
            raise Trouble("PostgreSQL does not run as root, and this machine has no other account to run it") from None
        return others[0]


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"number {uid}"
