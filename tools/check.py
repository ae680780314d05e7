"""This will run every check of the project, or those named: `check.py [lint] [types] [tests] [-- arguments for pytest]`.

All are run even when one fails, so that one run tells everything; pytest comes last, so that its closing line does.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUN = [sys.executable, "-m"]
FETCH = "from onehall.launch import assets; assets.fetch(print)"  # the pages' script, and axe-core, for the browser tests
CHECKS = {
    "lint": [*RUN, "ruff", "check", "--quiet", "."],
    "types": [*RUN, "mypy", "--no-error-summary"],
    # two more than there are cores, as many tests wait for processes that they start
    "tests": [*RUN, "pytest", "-n", str(min((os.cpu_count() or 2) + 2, 6)), "--dist", "loadfile", "--no-loadscope-reorder"],
}


def main(words: list[str]) -> int:
    """This will give the status of the last check that failed, or 0."""
    at = words.index("--") if "--" in words else len(words)
    named, more = words[:at] or list(CHECKS), words[at + 1 :]
    status = 0
    if "tests" in named:
        subprocess.run([sys.executable, "-c", FETCH], cwd=ROOT, env=os.environ | {"PYTHONPATH": "src"})
    for name in named:
        print(f"== {name}", flush=True)
        command = CHECKS[name] + (more if name == "tests" else [])
        failed = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": "src"}).returncode
        status = failed or status
        if failed and name != "tests":
            print(f"== {name} failed", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
