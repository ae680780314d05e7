"""This will run TM Forum's official kits against a fresh house and print what passed: `make conformance`.

    tools/conformance.py [--kits FOLDER] [622 632 ...]

The kits are read from ../shared/tmf/ctk beside the project and never changed: each is copied, given our payloads
(`tests/conformance/payloads/TMF622.json`), an access token and the address of the house, and run by newman.
"""

import argparse
import asyncio
import json
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.launch.commands import Up, free_port, house_folder  # noqa: E402

from onehall.kernel.identity import partners  # noqa: E402
from onehall.kernel.ids import home_for  # noqa: E402
from onehall.kernel.store import Store  # noqa: E402
from onehall.launch import assets  # noqa: E402

KITS = ROOT.parent / "shared" / "tmf" / "ctk"
PAYLOADS = ROOT / "tests" / "conformance" / "payloads"
NEWMAN = ROOT / "tools" / "newman"
PARTNER = "conformance-kits"
# what a kit needs must have been made by those before it
ORDER = ("620", "632", "629", "669", "666", "639", "663", "622", "654", "676", "637")
NUMBER = re.compile(r"TMF(\d{3})")
BASE = re.compile(r"\{\{(\w+)\}\}")


@dataclass
class Kit:
    """One official kit: its number, its folder, and what it says of itself."""

    number: str
    folder: Path
    config: dict[str, Any]

    @property
    def collection(self) -> Path:
        """The Postman collection: the largest JSON file there."""
        return max((self.folder / "ctk").glob("*.json"), key=lambda path: path.stat().st_size)

    @property
    def address(self) -> str:
        """The path of the API, `/tmf-api/<name>/v4/`, as its own configuration has it."""
        return "/" + str(self.config["url"]).strip().split("/", 3)[3]


@dataclass
class Outcome:
    """What a kit found."""

    kit: Kit
    checks: int
    failures: list[str]


def kits(folder: Path, wanted: list[str]) -> list[Kit]:
    """This will find the kits, in the order in which they must run."""
    found = []
    for path in sorted(folder.glob("*/config.json")):
        number = NUMBER.search(path.parent.name)
        if number and (not wanted or number[1] in wanted):
            found.append(Kit(number[1], path.parent, json.loads(path.read_text())))
    return sorted(found, key=lambda kit: ORDER.index(kit.number) if kit.number in ORDER else len(ORDER))


def newman() -> list[str] | None:
    """This will give the command that runs newman, fetching it the first time; None when it cannot be had."""
    npm = assets.npm()
    program = NEWMAN / "node_modules" / "newman" / "bin" / "newman.js"
    if npm and not program.exists():
        print("Fetching newman (npm)", flush=True)
        done = subprocess.run([*npm, "ci", *assets.QUIET], cwd=NEWMAN, capture_output=True, text=True)
        if done.returncode:
            print(done.stderr.strip(), file=sys.stderr)
    node = npm[0] if npm and len(npm) > 1 else shutil.which("node")
    return [node, str(program)] if node and program.exists() else None


def requests(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """This will give every request of a collection, in order."""
    for item in items:
        if "item" in item:
            yield from requests(item["item"])
        else:
            yield item


def prepared(kit: Kit, token: str, payloads: dict[str, Any]) -> dict[str, Any]:
    """This will give the kit's collection with our token on every request and our bodies in the creating ones."""
    collection: dict[str, Any] = json.loads(kit.collection.read_text())
    waiting = dict(payloads)
    for item in requests(collection["item"]):
        asked = item["request"]
        kept = [header for header in asked.get("header", []) if header["key"].lower() != "authorization"]
        asked["header"] = [*kept, {"key": "Authorization", "value": f"Bearer {token}"}]
        resource = item["name"].strip("/ ")
        if asked["method"] == "POST" and resource in waiting:
            asked["body"] = {"mode": "raw", "raw": json.dumps(waiting.pop(resource))}
    return collection


def own_payloads(kit: Kit) -> dict[str, Any]:
    """This will read our payloads for a kit and check each against the kit's schema; else the kit's own."""
    path = PAYLOADS / f"TMF{kit.number}.json"
    theirs = {name: verbs["POST"]["payload"] for name, verbs in kit.config.get("payloads", {}).items() if "POST" in verbs}
    payloads: dict[str, Any] = theirs | (json.loads(path.read_text()) if path.exists() else {})
    for name, body in payloads.items():
        schema = kit.folder / "ctk" / "schemas" / f"{name}.schema.json"
        if schema.exists():
            jsonschema_rs.validate(json.loads(schema.read_text()), body)
    return payloads


def run_kit(kit: Kit, command: list[str], url: str, token: str) -> Outcome:
    """This will run one kit and count its checks."""
    collection = prepared(kit, token, own_payloads(kit))
    base = BASE.search(json.dumps(next(requests(collection["item"]))["request"]["url"]))
    assert base is not None, f"{kit.collection} names no base address"
    with tempfile.TemporaryDirectory() as folder:
        copy, report = Path(folder, "collection.json"), Path(folder, "report.json")
        copy.write_text(json.dumps(collection))
        variables = ["--env-var", f"{base[1]}={url}{kit.address}"]
        quiet = ["--reporters", "json", "--reporter-json-export", str(report), "--timeout-request", "20000"]
        ended = subprocess.run([*command, "run", str(copy), *variables, *quiet], capture_output=True, text=True)
        if not report.exists():
            return Outcome(kit, 0, [ended.stderr.strip() or ended.stdout.strip() or "newman gave no report"])
        return counted(kit, json.loads(report.read_text())["run"])


def counted(kit: Kit, run: dict[str, Any]) -> Outcome:
    """This will read newman's report; a script that broke is a failure like any other."""
    failures = [f"{one.get('source', {}).get('name', '?')}: {one['error']['message']}" for one in run["failures"]]
    return Outcome(kit, run["stats"]["assertions"]["total"], failures)


async def admit(dsn: str) -> str:
    """This will admit the kits as a partner with every scope; gives the secret."""
    store = await Store(dsn, pool_size=2).open()
    try:
        async with store.edge(home_for(PARTNER)) as tx:
            return await partners.add(tx, PARTNER, "Conformance kits", secret=secrets.token_urlsafe(24))
    finally:
        await store.close()


def access(url: str, secret: str) -> str:
    """This will get an access token by client credentials."""
    form = {"grant_type": "client_credentials", "client_id": PARTNER, "client_secret": secret}
    answer = httpx.post(f"{url}/oauth/token", data=form)
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def run_all(found: list[Kit], command: list[str]) -> list[Outcome]:
    """This will open a fresh house and run every kit against it."""
    with house_folder() as home:
        up = Up(home, free_port(), ONEHALL_LOG_LEVEL="warning")
        try:
            up.ready()
            database = up.database()
            assert database is not None
            url = f"http://127.0.0.1:{up.port}"
            token = access(url, asyncio.run(admit(database.dsn("onehall"))))
            return [tell(run_kit(kit, command, url, token)) for kit in found]
        finally:
            up.close()


def tell(outcome: Outcome) -> Outcome:
    """This will print how a kit went."""
    failed = f", {len(outcome.failures)} failed" if outcome.failures else ""
    print(f"TMF{outcome.kit.number}: {outcome.checks} checks{failed}", flush=True)
    for failure in outcome.failures:
        print(f"  {failure}")
    return outcome


def main() -> int:
    """This will give 0 when every check of every kit passed."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--kits", type=Path, default=KITS)
    reader.add_argument("wanted", nargs="*", help="numbers of APIs, such as 622")
    given = reader.parse_args()
    found = kits(given.kits, given.wanted)
    if not found:
        print(f"No kits in {given.kits}: name their folder with --kits", file=sys.stderr)
        return 1
    command = newman()
    if command is None:
        print("newman cannot be fetched: the kits need it once from the network", file=sys.stderr)
        return 1
    outcomes = run_all(found, command)
    failed = sum(len(outcome.failures) for outcome in outcomes)
    print(f"{len(outcomes)} kits, {sum(outcome.checks for outcome in outcomes)} checks, {failed} failed")
    return 1 if failed or not all(outcome.checks for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
