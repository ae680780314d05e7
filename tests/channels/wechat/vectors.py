"""The shared vectors of the platform, where they are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3].parent / "shared" / "data" / "vectors"


def vectors(name: str) -> list[Any]:
    """This will give the vectors of a file as parameters of a test; one that is skipped where the file is absent."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"{path.name} is not beside the project"))]
    return [pytest.param(one, id=f"{one['test']}-{place}") for place, one in enumerate(json.loads(path.read_text()))]
