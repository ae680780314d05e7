"""This will see to it that `.venv` holds exactly the locked libraries, and cost next to nothing when it already does.

Run by the Makefile as `python3 tools/prepare.py up|test`: `up` needs requirements.lock, `test` requirements-dev.lock,
which holds the first. Standard library only, since nothing else is there yet; the Makefile checks the version.
"""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from typing import TextIO

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
LOCKS = {"up": "requirements.lock", "test": "requirements-dev.lock"}
SHIM = "#!/bin/sh\nexec '%s' -m onehall.cli \"$@\"\n"


class Failed(Exception):
    """The set-up cannot go on; the message is the one line to show."""


def say(text: str) -> None:
    """This will tell the person a step has begun."""
    print(text, flush=True)


def stamp_of(purpose: str) -> str:
    """This will give the file whose presence says that the venv fits this purpose, place and Python."""
    digest = hashlib.sha256((ROOT + VERSION).encode())
    with open(os.path.join(ROOT, LOCKS[purpose]), "rb") as lock:
        digest.update(lock.read())
    return os.path.join(VENV, f".ready-{purpose}-{digest.hexdigest()[:16]}")


def is_ready(purpose: str) -> bool:
    """This will say whether nothing has to be done."""
    return os.path.exists(stamp_of(purpose)) and os.path.exists(PYTHON)


def venv_runs() -> bool:
    """This will say whether the venv is there, of this Python's version, and made at this very place."""
    if not os.path.exists(PYTHON):
        return False
    test = "import sys, pip; print('%d.%d' % sys.version_info[:2], sys.prefix)"
    answer = subprocess.run([PYTHON, "-c", test], capture_output=True, text=True)
    return answer.returncode == 0 and answer.stdout.split(None, 1) == [VERSION, VENV + "\n"]


def make_venv() -> None:
    """This will make a fresh venv in place of one that does not run."""
    if os.path.lexists(VENV):
        say("The environment .venv does not fit (another Python, or moved): making it anew")
        shutil.rmtree(VENV)
    say(f"Making the Python environment .venv (Python {VERSION})")
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, cwd=ROOT)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        last = (made.stdout + made.stderr).strip().splitlines()[-1:] or ["no reason given"]
        raise Failed(f"Cannot make a Python environment (is python3-venv installed?): {last[0]}")


def install(lock: str) -> None:
    """This will install the locked libraries, every file checked against its hash, telling how far it has come."""
    total = sum(1 for line in open(os.path.join(ROOT, lock)) if "==" in line)
    log = os.path.join(VENV, "install.log")
    say(f"Installing {total} locked libraries (log: .venv/install.log)")
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
               "--no-deps", "--require-hashes", "-r", os.path.join(ROOT, lock)]
    with open(log, "w") as keep:
        pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
        follow(pip, keep, total)
    if pip.returncode:
        errors = [line.strip() for line in open(log) if line.startswith("ERROR")] or ["see .venv/install.log"]
        raise Failed(f"The libraries could not be installed: {errors[0]}")


def follow(pip: subprocess.Popen[str], keep: TextIO, total: int) -> None:
    """This will show pip's progress: a line every ten libraries, and one when it starts to unpack them."""
    seen = 0
    for line in pip.stdout or ():
        keep.write(line)
        if line.startswith(("Collecting", "Processing", "Requirement already")):
            seen += 1
            if seen % 10 == 0 or seen == total:
                say(f"  {seen} of {total} fetched or found")
        elif line.startswith("Installing collected"):
            say("  unpacking")
    pip.wait()


def put_project() -> None:
    """This will make the project importable from the venv, with no build tool: one .pth line and one small command."""
    packages = os.path.join(VENV, "lib", "python" + VERSION, "site-packages")
    with open(os.path.join(packages, "onehall.pth"), "w") as pth:
        pth.write(os.path.join(ROOT, "src") + "\n")
    command = os.path.join(VENV, "bin", "onehall")
    with open(command, "w") as shim:
        shim.write(SHIM % PYTHON)
    os.chmod(command, 0o755)


def prepare(purpose: str) -> None:
    """This will bring the venv to the locked state, once even when two commands ask at the same moment."""
    with open(os.path.join(ROOT, ".venv.lock"), "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if is_ready(purpose):
            return
        started = time.monotonic()
        if not venv_runs():
            make_venv()
        install(LOCKS[purpose])
        put_project()
        for done in (["up", "test"] if purpose == "test" else ["up"]):
            open(stamp_of(done), "w").close()
        say(f"The environment is ready ({time.monotonic() - started:.0f} s)")


def main() -> int:
    """This will prepare for the purpose named on the command line; 0 when the venv is ready."""
    purpose = sys.argv[1] if len(sys.argv) > 1 else "up"
    try:
        if not is_ready(purpose):
            prepare(purpose)
    except Failed as no:
        sys.stderr.write(f"{no}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; the next run goes on from here\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
