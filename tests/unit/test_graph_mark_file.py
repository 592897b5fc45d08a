"""A file of marks: what is wrong is told by line, and the same file makes the same requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.graph_mark_file import MarkFileError, read_marks

GOOD = "decision_id,fraud_type,source,known_since\ndec_1,bust_out,desk,2026-01-31\ndec_2,,desk,\n"


def written(tmp_path: Path, text: str) -> str:
    """The name of a file with this text."""
    path = tmp_path / "marks.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_lines_become_marks_with_ids_of_the_file_and_their_line(tmp_path: Path) -> None:
    """An empty type takes a mark back; a byte order mark and another order do no harm."""
    first, second = read_marks(written(tmp_path, "\ufeff" + GOOD))
    assert (first.number, first.mark.decision_id, first.mark.fraud_type) == (2, "dec_1", "bust_out")
    assert first.mark.known_since.ToDatetime().isoformat() == "2026-01-31T00:00:00"
    assert (second.number, second.mark.fraud_type) == (3, "")
    assert not second.mark.HasField("known_since")
    again = read_marks(written(tmp_path, "\ufeff" + GOOD))
    assert [x.mark for x in again] == [first.mark, second.mark]
    other = read_marks(written(tmp_path, GOOD + "dec_3,mule,desk,\n"))
    assert other[0].mark.request_id != first.mark.request_id


@pytest.mark.parametrize(
    "text, told",
    [
        ("", ":1: the columns must be"),
        ("decision_id,source\n", ":1: the columns must be"),
        (GOOD.replace("known_since", "colour"), ":1: the columns must be"),
        (GOOD.replace("bust_out", "Bust Out"), ":2: not usable: fraud_type"),
        (GOOD.replace("2026-01-31", "yesterday"), ":2: not usable: known_since"),
        (GOOD.replace("dec_2", "a b"), ":3: not usable: decision_id"),
        (GOOD + "dec_3,mule,desk,,more\n", ":4: not usable: too many cells"),
        (GOOD + "dec_3\n", ":4: not usable: source"),
    ],
)
def test_a_wrong_file_is_told_by_line_and_column(tmp_path: Path, text: str, told: str) -> None:
    """And never what the cell holds."""
    with pytest.raises(MarkFileError) as caught:
        read_marks(written(tmp_path, text))
    assert told in str(caught.value)
    assert "Bust Out" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Missing, or not UTF-8."""
    with pytest.raises(MarkFileError, match="FileNotFoundError"):
        read_marks(str(tmp_path / "none.csv"))
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MarkFileError, match="UnicodeDecodeError"):
        read_marks(str(tmp_path / "bad.csv"))
