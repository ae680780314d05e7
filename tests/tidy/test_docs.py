"""Generated pages say what the code says."""

from onehall.launch import reference


def test_reference_pages_are_fresh() -> None:
    assert reference.stale() == [], "run `make docs`"
