import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from engine.training import TrainingRefused, read_table, table_of
from engine.training.spec import DataSpec

_SPEC = DataSpec(file="t.csv", name="t", licence="", nulls=("", "NA"))


def csv(tmp_path: Path, text: str) -> Path:
    """A file."""
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_numbers_and_gaps_are_read(tmp_path: Path) -> None:
    """With blanks trimmed and nulls as the spec names them."""
    table = read_table(csv(tmp_path, "a,b\n 1 ,x\nNA,\n-2.5e3,y\n"), _SPEC)
    assert np.array_equal(table.numbers("a"), [1.0, np.nan, -2500.0], equal_nan=True)
    assert table.texts("b").tolist() == ["x", None, "y"]


@pytest.mark.parametrize(
    "text, told",
    [
        ("a\n1\nsecret\n", "t.csv:3: column 'a': is not a number"),
        ("a\n1\ninf\n", "t.csv:3: column 'a': is infinite"),
        ("a\nnan\n", "t.csv:2: column 'a': is NaN"),
        ("a,a\n1,2\n", "t.csv:1: column 'a' stands there twice"),
        ("a\n", "t.csv: has no rows"),
        ("a,b\n1,2\nsecret\n", "t.csv:3: has 1 columns where 2 were expected"),
        ("b\n1\n", "t.csv: has no column 'a'"),
    ],
)
def test_a_wrong_table_is_told_with_its_place_and_without_its_values(
    tmp_path: Path, text: str, told: str
) -> None:
    """File, line and column; a value may be somebody's."""
    with pytest.raises(TrainingRefused) as error:
        read_table(csv(tmp_path, text), _SPEC).numbers("a")
    assert told in str(error.value)
    assert "secret" not in str(error.value)


def test_a_file_without_a_header_gets_one(tmp_path: Path) -> None:
    """Separator, encoding and lines as they are."""
    file = tmp_path / "t.txt.gz"
    file.write_bytes(gzip.compress("é\t1\nb\tx\n".encode("latin-1")))
    spec = DataSpec(
        file="", name="", licence="", separator="\t", encoding="latin-1", header=("who", "n")
    )
    table = read_table(file, spec)
    assert table.texts("who").tolist() == ["é", "b"]
    with pytest.raises(TrainingRefused, match=r"t.txt.gz:2: column 'n'"):
        table.numbers("n")


def test_parquet_is_read_as_csv_is(tmp_path: Path) -> None:
    """Whole numbers as levels without a fraction."""
    file = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"A b": [1.0, None], "c": [3, 4]}), file)
    table = read_table(file, DataSpec(file="", name="", licence="", columns=(("a", "A b"),)))
    assert table.texts("a").tolist() == ["1", None]
    assert table.numbers("c").tolist() == [3.0, 4.0]


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """Nor one that is not there."""
    file = tmp_path / "t.parquet"
    file.write_bytes(b"PAR1 but not really")
    for path in (file, tmp_path / "none.csv"):
        with pytest.raises(TrainingRefused, match="cannot be read"):
            read_table(path, _SPEC)


def test_thousands_are_not_read_as_decimals(tmp_path: Path) -> None:
    """A point beside a decimal comma is refused by its line, and no digit is lost."""
    spec = replace(_SPEC, separator=";", decimal=",")
    table = read_table(csv(tmp_path, "a;b\n0,5;1\n2.261;1\n"), spec)
    assert table.numbers("b").tolist() == [1.0, 1.0]
    with pytest.raises(TrainingRefused, match=r"t.csv:3: column 'a': is not a number.*thousands"):
        table.numbers("a")


def test_a_place_is_that_of_the_file(tmp_path: Path) -> None:
    """Behind empty lines, among rows that were left out, and where Python would read a number."""
    table = read_table(csv(tmp_path, "a\n\n1\n\n\n2\nx\n"), _SPEC)
    assert [table.place(row, "a").split(":")[1] for row in range(3)] == ["3", "6", "7"]
    assert table.take(np.array([1, 2])).place(1, "a") == "t.csv:7: column 'a'"
    rows = table_of({"a": [1.0, 2.0, 3.0]}).take(np.array([0, 2]))
    assert rows.place(1, "a") == "table: row 3: column 'a'"
    with pytest.raises(TrainingRefused, match=r"t.csv:51: column"):
        read_table(csv(tmp_path, "a\n" + "1\n" * 49 + "1_000\n\uff11\n"), _SPEC).numbers("a")


def test_no_column_takes_the_place_of_another(tmp_path: Path) -> None:
    """Two columns may change names; a name that a column has is refused for another."""
    file = csv(tmp_path, "a,b\n1,2\n")
    changed = read_table(file, replace(_SPEC, columns=(("a", "b"), ("b", "a"))))
    assert (changed.numbers("a").tolist(), changed.numbers("b").tolist()) == ([2.0], [1.0])
    with pytest.raises(TrainingRefused, match="has a column 'a', and the spec gives that name to"):
        read_table(file, replace(_SPEC, columns=(("a", "b"),)))


def test_levels_of_text_are_those_of_numbers(tmp_path: Path) -> None:
    """The same data as CSV and as Parquet; whole numbers beyond 2^53 are numbers."""
    table = read_table(csv(tmp_path, "a\n1.0\n-2.00\n1.5\nv1.0\n"), _SPEC)
    assert table.texts("a").tolist() == ["1", "-2", "1.5", "v1.0"]
    file = tmp_path / "t.parq"
    parquet.write_table(pa.table({"a": [1.0, -2.0, 1.5], "n": [2**53 + 1, 2, 3]}), file)
    table = read_table(file, _SPEC)
    assert table.texts("a").tolist() == ["1", "-2", "1.5"]
    assert table.numbers("n").tolist() == [2.0**53, 2.0, 3.0]
