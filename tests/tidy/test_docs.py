"""Generated pages say what the code says."""

from onehall.launch import reference


def test_reference_pages_are_fresh() -> None:
    assert reference.stale() == [], "run `make docs`"


def test_a_function_that_is_not_offered_everywhere_says_why() -> None:
    narrow = [one for one in reference.all_functions() if one.for_staff or one.but]
    assert "line.transfer" in {one.name for one in narrow}
    assert [one.name for one in narrow if one.why is None] == []
    printed = next(line for line in reference.functions() if line.startswith("line.transfer"))
    assert printed.endswith("desk field: Old and new owner show their documents side by side, and a person looks at both: "
                            "a screen proves only one of them.")  # fmt: skip
