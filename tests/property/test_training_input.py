"""Specs and tables of any content: read, or refused with a message; nothing else happens."""

import contextlib
import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from engine.errors import TouchstoneError
from engine.training import read_spec, read_table
from engine.training.formula import FormulaError, parse
from engine.training.sample import sample_of
from engine.training.spec import DataSpec
from tests.training_tables import SPEC, csv_file

often = settings(max_examples=500, deadline=None)
ENCODINGS = ("utf-8", "utf-16", "latin-1", "gb18030", "utf-7", "ascii")
PARTS = ("a", "b", ",", ";", '"', "\n", "\r\n", "\t", " ", "1", "2.5", "1,5", "NaN", "inf", "é", "")


def data_spec(encoding: str, separator: str, decimal: str) -> DataSpec:
    """How a file is read."""
    return DataSpec(
        file="x", name="", licence="", encoding=encoding, separator=separator, decimal=decimal
    )


@often
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.sampled_from(PARTS), max_size=60).map(lambda parts: "".join(parts).encode()),
    ),
    st.sampled_from([".csv", ".csv.gz", ".parquet"]),
    st.sampled_from(ENCODINGS),
    st.sampled_from(",;\t "),
    st.sampled_from(".,"),
    st.booleans(),
)
def test_a_table_of_any_bytes_is_read_or_refused(
    raw: bytes, suffix: str, encoding: str, separator: str, decimal: str, packed: bool
) -> None:
    """Every column as numbers and as texts, too."""
    with TemporaryDirectory() as name:
        file = Path(name) / f"table{suffix}"
        file.write_bytes(gzip.compress(raw) if packed else raw)
        with contextlib.suppress(TouchstoneError):
            table = read_table(file, data_spec(encoding, separator, decimal))
            for column in table.columns:
                assert len(table.texts(column)) == table.rows
                with contextlib.suppress(TouchstoneError):
                    assert len(table.numbers(column)) == table.rows


TYPES = (
    pa.bool_(),
    pa.int8(),
    pa.uint64(),
    pa.float16(),
    pa.decimal128(9, 2),
    pa.date32(),
    pa.timestamp("ns", "UTC"),
    pa.duration("s"),
    pa.binary(),
    pa.string_view(),
    pa.list_(pa.int8()),
    pa.struct([("a", pa.int8())]),
    pa.dictionary(pa.int8(), pa.int64()),
    pa.dictionary(pa.int8(), pa.string()),
    pa.null(),
)


@often
@given(st.sampled_from(TYPES), st.integers(1, 3))
def test_a_parquet_column_of_any_type_is_read_or_refused(kind: pa.DataType, rows: int) -> None:
    """Types that are no numbers are named."""
    with TemporaryDirectory() as name:
        file = Path(name) / "table.parquet"
        parquet.write_table(pa.table({"x": pa.nulls(rows, kind)}), file)
        table = read_table(file, data_spec("utf-8", ",", "."))
        for read in (table.numbers, table.texts):
            with contextlib.suppress(TouchstoneError):
                assert len(read("x")) == rows


TOKENS = (
    "[", "]", "{", "}", ":", "-", "\n", "  ", "#", "&a", "*a", "!!python/object", "null", "1e999",
    "-1", "0", "true", "worst", "separate", "category", "special", "range", "sign", "features",
    "interactions: [[income]]", "interactions: [1, [x]]", "weight: income", "bureau: {}", "é", "\t",
)  # fmt: skip


@often
@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(TOKENS)), max_size=4)
)
def test_a_spec_of_any_text_is_read_or_refused(cuts: list[tuple[float, int, str]]) -> None:
    """The small spec with pieces cut out and others put in; if it is read, its table is, too."""
    text = SPEC
    for where, length, token in cuts:
        place = int(where * len(text))
        text = text[:place] + token + text[place + length :]
    with TemporaryDirectory() as name:
        file = Path(name) / "spec.yaml"
        file.write_text(text, encoding="utf-8")
        with contextlib.suppress(TouchstoneError):
            spec = read_spec(file)
            sample_of(spec, read_table(csv_file(Path(name)), spec.data))


@often
@given(
    st.text(max_size=40) | st.lists(st.sampled_from("ab1+-*/()<>=,. max"), max_size=30).map("".join)
)
def test_a_formula_of_any_text_is_read_or_refused(text: str) -> None:
    """It never runs, and never fails in another way."""
    with contextlib.suppress(FormulaError):
        parse(text)
