"""The journal's lines: on the disk one by one; what the power cut left of a last line was never a step."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from onehall.channels.kiosk.journal import BrokenJournal, Journal

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_lines_are_read_again_as_they_were_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    written = [journal.write(AT, "d1", "begun", wish={"due": 5_000}), journal.write(AT, "d1", "escrow", note=5_000)]
    assert Journal(journal.path).lines == written
    assert [line.serial for line in written] == [1, 2]


@pytest.mark.parametrize("left", range(1, 12))
def test_half_a_last_line_is_cut_off(tmp_path: Path, left: int) -> None:
    journal = Journal(tmp_path / "journal")
    first = journal.write(AT, "d1", "begun", wish={})
    whole = journal.path.stat().st_size
    journal.write(AT, "d1", "escrow", note=5_000)
    with journal.path.open("r+b") as file:
        file.truncate(whole + left * 5)
    again = Journal(journal.path)
    assert again.lines == [first] and journal.path.stat().st_size == whole
    again.write(AT, "d1", "returned")
    assert [line.step for line in Journal(journal.path).lines] == ["begun", "returned"]


def test_a_changed_line_in_the_middle_is_told(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.write(AT, "d1", "escrow", note=1_000)
    journal.write(AT, "d1", "escrow", note=5_000)
    journal.path.write_bytes(journal.path.read_bytes().replace(b"1000", b"9000"))
    with pytest.raises(BrokenJournal, match="line 1"):
        Journal(journal.path)
