"""This will renew requirements.lock and requirements-dev.lock from pyproject.toml: newest versions, exact pins, hashes.

Needs the network; runs uv from a throwaway venv. No address of a package index is written into the locks.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMPILE = "pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 -U -q".split()
# every platform that is locked for at all shares this marker, so it says nothing
SHARED = re.compile(r" ; implementation_name == '\w+' and platform_python_implementation == '\w+' and \([^()]*\)")


def compile_to(uv: Path, lock: str, *more: str) -> None:
    """This will write one lock file."""
    subprocess.run([uv, *COMPILE, *more, "pyproject.toml", "-o", lock], cwd=ROOT, check=True)
    path = ROOT / lock
    path.write_text(SHARED.sub("", path.read_text()))


def main() -> None:
    """This will renew both; the development lock agrees with the other on what both hold."""
    with tempfile.TemporaryDirectory() as there:
        subprocess.run([sys.executable, "-m", "venv", there], check=True)
        subprocess.run([f"{there}/bin/pip", "install", "-q", "uv"], check=True)
        uv = Path(there, "bin", "uv")
        compile_to(uv, "requirements.lock")
        compile_to(uv, "requirements-dev.lock", "--extra", "dev", "-c", "requirements.lock")


if __name__ == "__main__":
    main()
