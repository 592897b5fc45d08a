from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from engine.load import FileError, open_source


def lines(path: Path) -> list[tuple[int, object]]:
    """Numbers, and cells or the fault."""
    return [
        (line.number, line.fault or list(line.cells))
        for line in open_source(path).lines(lambda _: None)
    ]


def test_csv_lines_keep_their_numbers(tmp_path: Path) -> None:
    """A mark at the beginning, quoted line breaks, empty lines, faults: the rest is still read."""
    path = tmp_path / "a.csv"
    path.write_bytes(
        b'\xef\xbb\xbfapplication,at\r\n1,"two\nlines"\r\n\r\n2,3,4\r\n5,\xff\r\n6,"7"8\r\n9,10'
    )

    assert open_source(path).columns == ("application", "at")
    assert lines(path) == [
        (2, ["1", "two\nlines"]),
        (5, "has 3 cells, the header 2"),
        (6, "is not UTF-8"),
        (7, "is not valid CSV: look at its quotes"),
        (8, ["9", "10"]),
    ]


def test_a_line_without_end_is_bounded(tmp_path: Path) -> None:
    """Three megabytes in one line are one fault, and the next line is read."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"x" * (3 << 20) + b"\n1,2\n")
    assert lines(path) == [(2, "is longer than 1048576 bytes"), (3, ["1", "2"])]


def test_an_open_quote_does_not_swallow_the_file(tmp_path: Path) -> None:
    """What it takes in is bounded, and told."""
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n1,"2\n' + b"3,4\n" * 400_000)
    found = lines(path)
    assert found[0] == (2, "is not valid CSV: look at its quotes")
    assert len(found) > 100_000


def test_parquet_keeps_types_and_numbers_rows(tmp_path: Path) -> None:
    """Times to the microsecond, lists as lists, nothing as nothing."""
    path = tmp_path / "a.parquet"
    moment = datetime(2024, 5, 1, 9, 30, 0, 123456, tzinfo=UTC)
    table = pa.table(
        {
            "at": pa.array([moment, None], pa.timestamp("ns", tz="UTC")),
            "phone": pa.array([["1", "2"], None], pa.list_(pa.string())),
            "n": pa.array([1, None], pa.int64()),
        }
    )
    parquet.write_table(table, path)

    assert open_source(path).total == 2
    assert lines(path) == [(1, [moment, ["1", "2"], 1]), (2, [None, None, None])]


@pytest.mark.parametrize(
    "name, content, told",
    [
        ("a.txt", b"", "must end in .csv or .parquet"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\xff\n", "is not UTF-8"),
        ("a.parquet", b"no", "is no Parquet file"),
        ("missing.csv", None, "No such file"),
    ],
)
def test_files_that_cannot_be_read(
    tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    """The message names the file and says why."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError, match=told):
        open_source(path)


def test_a_parquet_file_cut_off_in_the_middle_is_told(tmp_path: Path) -> None:
    """Rows before the damage were given; the rest is an error, not the end."""
    path = tmp_path / "a.parquet"
    table = pa.table({"n": list(range(50_000)), "t": [f"{n:0100}" for n in range(50_000)]})
    parquet.write_table(table, path, row_group_size=10_000, compression="zstd")
    damaged = bytearray(path.read_bytes())
    middle = len(damaged) // 2
    damaged[middle : middle + 4000] = bytes(4000)
    path.write_bytes(damaged)
    with pytest.raises(FileError, match="cannot be read after row"):
        lines(path)
