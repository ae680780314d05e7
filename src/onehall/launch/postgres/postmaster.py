"""The postmaster: found in its pid file, adopted, cleaned up after, started and ended."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from onehall.launch.postgres.account import Account
from onehall.launch.trouble import Trouble

PID_FILE = "postmaster.pid"
SOCKET_FOLDER_LENGTH_MAX = 85  # a socket path holds 104 bytes on macOS and 108 on Linux; its name takes 14
SHORT = "onehall-pg-"
START_SECONDS_MAX = 120  # recovery after a crash may replay a gigabyte of log
STOP_SECONDS_MAX = 30
LINGER_SECONDS_MAX = 5

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "120",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "client_min_messages": "warning",
}
# for tests only: what is committed may be lost when the machine dies
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "5min",
    "shared_buffers": "128MB",
}



class Child(subprocess.Popen[bytes]):
    """A postmaster that we started. It may outlive us, so Python shall not warn of that when it ends."""

    def __del__(self) -> None:
        """Nothing has to be done."""


# held so that an ended one is waited for and leaves no zombie
_children: dict[int, Child] = {}


@dataclass(frozen=True)
class Entry:
    """What a postmaster wrote into its pid file."""

    pid: int
    port: int
    socket_folder: str
    ready: bool

    def dsn(self, database: str) -> str:
        """This will give the address of one of its databases."""
        return f"postgresql://onehall@/{database}?host={quote(self.socket_folder, safe='')}&port={self.port}"


def entry_of(cluster: Path) -> Entry | None:
    """This will read the pid file; None when there is none, or it is not written to its end yet."""
    try:
        lines = (cluster / PID_FILE).read_text().splitlines()
        return Entry(abs(int(lines[0])), int(lines[3]), lines[4], len(lines) > 7 and lines[7].strip() == "ready")
    except (OSError, ValueError, IndexError):
        return None


def serves(pid: int, cluster: Path) -> bool:
    """This will say whether a live process is a PostgreSQL of this cluster, not a stranger with a reused number."""
    try:
        process = psutil.Process(pid)
        ours = process.name() == "postgres" and process.cwd() == str(cluster)
        return ours and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def orphan(cluster: Path) -> Entry | None:
    """This will find a live postmaster that an earlier start left behind, waiting until it is ready or gone."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        entry = entry_of(cluster)
        if not entry or not serves(entry.pid, cluster):
            return None
        if entry.ready:
            return entry
        time.sleep(0.05)
    raise Trouble(f"The PostgreSQL of {cluster} is neither ready nor gone; end process {entry and entry.pid}")


def clean_up(cluster: Path) -> None:
    """This will remove what a killed postmaster left: its children, its pid file, its socket folder."""
    if not (cluster / PID_FILE).exists() and not any(cluster.glob(".s.PGSQL.*")):
        return
    deadline = time.monotonic() + LINGER_SECONDS_MAX
    while children := [process for process in psutil.process_iter() if serves(process.pid, cluster)]:
        if time.monotonic() > deadline:
            for child in children:
                child.kill()
        time.sleep(0.05)
    dead = entry_of(cluster)
    if dead and Path(dead.socket_folder).name.startswith(SHORT):
        shutil.rmtree(dead.socket_folder, ignore_errors=True)
    # PostgreSQL takes a zombie's number for a live server's, so nothing of the dead one may stay
    for left in (*cluster.glob(".s.PGSQL.*"), cluster / PID_FILE):
        left.unlink(missing_ok=True)
    if dead and dead.pid in _children:
        _children.pop(dead.pid).wait()


def launch(cluster: Path, account: Account, bin_folder: Path, log: Path, *, durable: bool) -> Entry:
    """This will start a postmaster and wait until it takes connections.

    :raises Trouble: it ended instead; the message holds its own last words.
    """
    settings = SETTINGS | ({} if durable else FAST) | {"unix_socket_directories": _socket_folder(cluster, account)}
    command = [str(bin_folder / "postgres"), "-D", str(cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with log.open("ab") as out:
        begin = out.tell()
        # its own session, so that a Ctrl-C in the terminal reaches us alone and we end it last
        process = Child(command, stdout=out, stderr=out, start_new_session=True, **account.popen())
    _children[process.pid] = process
    return _ready(process, cluster, log, begin)


def _ready(process: Child, cluster: Path, log: Path, begin: int) -> Entry:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        entry = entry_of(cluster)
        if entry and entry.pid == process.pid and entry.ready:
            return entry
        if process.poll() is not None:
            raise Trouble(f"PostgreSQL did not start: {_last_words(log, begin)} (log: {log})")
        time.sleep(0.02)
    process.send_signal(signal.SIGQUIT)
    process.wait()
    raise Trouble(f"PostgreSQL was not ready after {START_SECONDS_MAX} s (log: {log})")


def _socket_folder(cluster: Path, account: Account) -> str:
    if len(os.fsencode(cluster)) <= SOCKET_FOLDER_LENGTH_MAX:
        return str(cluster)
    short = Path(tempfile.mkdtemp(prefix=SHORT, dir="/tmp"))
    account.own(short)
    return str(short)


def _last_words(log: Path, begin: int) -> str:
    with log.open("rb") as said:
        said.seek(begin)
        lines = said.read().decode(errors="replace").splitlines()
    grave = [line.split("FATAL:", 1)[1].strip() for line in lines if "FATAL:" in line]
    return (grave or lines or ["it ended without a word"])[-1]


def end(entry: Entry, cluster: Path) -> None:
    """This will end a postmaster and wait for it: politely, then at once; nothing of another cluster is touched."""
    for number, seconds in ((signal.SIGINT, STOP_SECONDS_MAX), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        if not serves(entry.pid, cluster):
            break
        os.kill(entry.pid, number)
        deadline = time.monotonic() + seconds
        while serves(entry.pid, cluster) and time.monotonic() < deadline:
            time.sleep(0.02)
    if entry.pid in _children:
        _children.pop(entry.pid).wait()
    if Path(entry.socket_folder).name.startswith(SHORT):
        shutil.rmtree(entry.socket_folder, ignore_errors=True)
