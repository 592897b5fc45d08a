"""A batch of accounts as columns, checked. A fault names row and column, never the value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import types

from engine.portfolio.columns import DIMENSIONS, Column, Kind
from engine.portfolio.exact import Bools, Ints
from engine.portfolio.language import ACCOUNT
from engine.portfolio.verdicts import Values

MAX_ID = 128
#: Up to here a double holds every whole number.
_EXACT = 2.0**53

_IS: Mapping[Kind, Callable[[Any], bool]] = {
    # Tools that know no unknown whole number write doubles, with NaN for it.
    Kind.INT: lambda kind: types.is_integer(kind) or types.is_floating(kind),
    Kind.DOUBLE: lambda kind: types.is_floating(kind) or types.is_integer(kind),
    Kind.STRING: lambda kind: types.is_string(kind) or types.is_large_string(kind),
    Kind.BOOL: types.is_boolean,
}
_EMPTY: Mapping[Kind, Any] = {Kind.INT: 0, Kind.DOUBLE: 0.0, Kind.STRING: "", Kind.BOOL: False}
_ARROW: Mapping[Kind, Any] = {
    Kind.INT: pa.int64(),
    Kind.DOUBLE: pa.float64(),
    Kind.STRING: pa.string(),
    Kind.BOOL: pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in one row. ``row`` counts from 1 in the file."""

    row: int
    column: str
    text: str

    def __str__(self) -> str:
        """As a compiler would say it."""
        return f"row {self.row}, column {self.column}: {self.text}"


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """Sound rows of a batch. ``numbers``: the row in the file of each, from 1."""

    numbers: npt.NDArray[np.int64]
    columns: Mapping[str, Values]

    @property
    def rows(self) -> int:
        """How many."""
        return len(self.numbers)

    def take(self, places: npt.NDArray[np.int64]) -> Accounts:
        """Some of the rows."""
        columns = {
            name: Values(values.data[places], values.known[places])
            for name, values in self.columns.items()
        }
        return Accounts(self.numbers[places], columns)

    def facts(self) -> dict[str, Values]:
        """The columns as conditions name them."""
        found = {f"{ACCOUNT}.{name}": values for name, values in self.columns.items()}
        line, balance = self.columns["line_minor"], self.columns["balance_minor"]
        there = line.known & balance.known & (line.data > 0)
        share = balance.data / np.where(there, line.data, 1)
        found[f"{ACCOUNT}.utilisation"] = Values(share, there)
        return found


def schema_faults(schema: pa.Schema, columns: Iterable[Column]) -> Iterator[str]:
    """Columns that are not there although no account can do without, and those of a wrong type."""
    there = set(schema.names)
    for column in columns:
        if column.name not in there:
            if column.required:
                yield f"column {column.name}: is not there, and every account needs it"
            continue
        if schema.names.count(column.name) > 1:
            yield f"column {column.name}: is there twice"
            continue
        kind = schema.field(column.name).type
        kind = kind.value_type if types.is_dictionary(kind) else kind
        if not (_IS[column.kind](kind) or types.is_null(kind)):
            yield f"column {column.name}: must hold {_SPOKEN[column.kind]}, not {kind}"


_SPOKEN = {
    Kind.INT: "whole numbers",
    Kind.DOUBLE: "numbers",
    Kind.STRING: "texts",
    Kind.BOOL: "truth values",
}


def read_accounts(
    batch: pa.RecordBatch, columns: Sequence[Column], first_row: int, products: Collection[str]
) -> tuple[Accounts, list[RowFault]]:
    """The sound rows of a batch, and every fault of the others. ``first_row`` counts from 0."""
    read = {column.name: _values(batch, column) for column in columns}
    found = {name: values for name, (values, _) in read.items()}
    faults: list[RowFault] = []
    sound = np.ones(batch.num_rows, dtype=np.bool_)

    def note(column: str, wrong: Bools, text: str) -> None:
        places = np.flatnonzero(wrong)
        sound[places] = False
        faults.extend(RowFault(first_row + int(place) + 1, column, text) for place in places)

    for column in columns:
        _check(column, found[column.name], note)
        note(column.name, read[column.name][1], "is no whole number")
    _check_texts(found, products, note)
    numbers = np.arange(first_row + 1, first_row + 1 + batch.num_rows, dtype=np.int64)
    accounts = Accounts(numbers, found)
    if not sound.all():
        accounts = accounts.take(np.flatnonzero(sound))
    return accounts, sorted(faults, key=lambda fault: fault.row)


Note = Callable[[str, Bools, str], None]


def _check(column: Column, values: Values, note: Note) -> None:
    if column.required:
        note(column.name, ~values.known, "is missing")
    if column.kind in {Kind.INT, Kind.DOUBLE}:
        data = values.data
        with np.errstate(invalid="ignore"):
            inside = (data >= column.low) & (data <= column.high)
        text = f"is outside {column.low:,} .. {column.high:,}"
        note(column.name, values.known & ~inside, text)


def _check_texts(found: Mapping[str, Values], products: Collection[str], note: Note) -> None:
    names = found["account_id"]
    note("account_id", names.known & (_lengths(names) == 0), "is empty")
    for column in ("account_id", "customer_id", "group_id", *DIMENSIONS):
        note(column, _lengths(found[column]) > MAX_ID, f"has more than {MAX_ID} characters")
    product = found["product"]
    known = np.array([name in products for name in product.data], dtype=np.bool_)
    note("product", product.known & ~known, f"is none of: {', '.join(products)}")


def _lengths(texts: Values) -> Ints:
    return np.fromiter(map(len, texts.data), dtype=np.int64, count=len(texts.data))


def _values(batch: pa.RecordBatch, column: Column) -> tuple[Values, Bools]:
    """The column, and the rows of a column of whole numbers that hold another one."""
    none = np.zeros(batch.num_rows, dtype=np.bool_)
    empty = _EMPTY[column.kind]
    if column.name not in batch.schema.names:
        kind = object if column.kind is Kind.STRING else type(empty)
        data = np.full(batch.num_rows, empty, dtype=kind)
        return Values(data, none), none
    array = batch.column(column.name)
    if types.is_dictionary(array.type):
        array = array.dictionary_decode()
    known = array.is_valid().to_numpy(zero_copy_only=False)
    if column.kind is Kind.INT and types.is_floating(array.type):
        numbers = array.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
        known = ~np.isnan(numbers)
        whole = (numbers == np.floor(numbers)) & (np.abs(numbers) <= _EXACT)
        return Values(np.where(whole, numbers, 0).astype(np.int64), known), known & ~whole
    filled = _cast(array, column).fill_null(empty).to_numpy(zero_copy_only=False)
    return Values(filled, known), none


def _cast(array: pa.Array, column: Column) -> pa.Array:
    """Only what a 64-bit number cannot hold is cut, to a number that no column may have."""
    if column.kind is Kind.INT and array.type == pa.uint64():
        most = pa.scalar(2**63 - 1, pa.uint64())
        array = pa.compute.min_element_wise(array, most, skip_nulls=False)
    return array.cast(_ARROW[column.kind], safe=column.kind is not Kind.DOUBLE)
