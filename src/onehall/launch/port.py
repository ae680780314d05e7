"""The port the house listens on: taken at once or refused with the name of who has it."""

import socket

import psutil

from onehall.launch.trouble import Trouble

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """This will take the port, so that nobody can come between the check and the serving; port 0 is any free one.

    :raises Trouble: it is taken, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # said: asyncio sends at once only where it knows it is TCP
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(BACKLOG)
    except OSError as error:
        taken.close()
        why = _why(port, error)
        raise Trouble(f"Port {port} on {host} cannot be used: {why}. Choose another with ONEHALL_PORT") from None
    return taken


def _why(port: int, error: OSError) -> str:
    who = listener(port)
    return f"it is taken by {who}" if who else (error.strerror or str(error)).lower()


def listener(port: int) -> str | None:
    """This will name the process that listens on a port, as far as this machine lets us see."""
    try:
        found = _listener(port)
        return f"{found.name()} (process {found.pid})" if found else None
    except psutil.Error:
        return None


def ending(port: int) -> bool:
    """This will tell whether who listens is an app process of a house that was killed; it ends by itself in a moment."""
    try:
        found = _listener(port)
        return found is not None and found.ppid() <= 1 and found.cmdline()[-3:] == ["-m", "onehall.cli", "serve"]
    except psutil.Error:
        return False


def _listener(port: int) -> psutil.Process | None:
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return psutil.Process(connection.pid)
    except AttributeError:
        pass
    return None
