"""A portfolio that looks like one: accounts whose statements are those of real card holders.

Statements are drawn from the shipped data of Yeh and Lien, scaled to the line of the account, so
that a card over statements sees what it was trained for; all else is made up. Every value is a
function of seed, account and column, of whole numbers only: the same on every machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv, parquet

from engine.portfolio.columns import COLUMNS, MONTHS, Kind, statement_columns
from engine.portfolio.errors import ReviewRefused
from engine.portfolio.exact import Ints

_ROWS = 50_000
#: Students are young; the better cards begin at these lines, in yuan; a few partners of twenty.
_STUDENT_AGE, _GOLD, _PLATINUM, _PARTNERS = 24, 12_000, 55_000, 5
_MINOR = 100
_SOURCE = {
    "status": ("PAY_0", *(f"PAY_{month}" for month in range(2, MONTHS + 1))),
    "balance": tuple(f"BILL_AMT{month}" for month in range(1, MONTHS + 1)),
    "payment": tuple(f"PAY_AMT{month}" for month in range(1, MONTHS + 1)),
}
_ARROW = {Kind.INT: pa.int64(), Kind.STRING: pa.string(), Kind.BOOL: pa.bool_()}
_STEPS = {"student": 100, "classic": 500, "gold": 1_000, "platinum": 5_000}
_PRODUCTS = np.array(list(_STEPS), dtype=object)

Columns = Mapping[str, Ints]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Chance:
    """Numbers that look random, by account and name; the finaliser of splitmix64 makes them."""

    seed: int
    accounts: npt.NDArray[np.uint64]

    def bits(self, name: str) -> npt.NDArray[np.uint64]:
        salt = int.from_bytes(name.encode().ljust(8, b"\0")[:8], "little") ^ (len(name) << 59)
        key = (self.seed * 0x9E3779B97F4A7C15 + salt * 0xD1342543DE82EF95) % 2**64
        with np.errstate(over="ignore"):
            z = self.accounts * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))

    def below(self, name: str, bound: int) -> Ints:
        """Whole numbers from 0 to below ``bound``."""
        return (self.bits(name) % np.uint64(bound)).astype(np.int64)

    def happens(self, name: str, percent: float) -> npt.NDArray[np.bool_]:
        """True for so many of a hundred."""
        return self.below(name, 10_000) < int(percent * 100)


def write_sample(
    out: Path, data: Path, accounts: int, seed: int, progress: Progress = lambda _d, _a: None
) -> None:
    """Write the file ``out``, whole or not at all. ``data``: the shipped card holders.

    Raises ``ReviewRefused`` if the data cannot be read, ``OSError``.
    """
    people = _people(data)
    draft = out.with_name(f"{out.name}.new")
    try:
        with draft.open("wb") as file:
            with parquet.ParquetWriter(file, _schema(), compression="zstd") as writer:
                for start in range(0, accounts, _ROWS):
                    end = min(start + _ROWS, accounts)
                    writer.write_table(_table(people, seed, start, end))
                    progress(end, accounts)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(out)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _people(data: Path) -> Columns:
    names = ["LIMIT_BAL", "AGE", *(name for names in _SOURCE.values() for name in names)]
    try:
        table = csv.read_csv(data, convert_options=csv.ConvertOptions(include_columns=names))
        return {name: table.column(name).to_numpy().round().astype(np.int64) for name in names}
    except (OSError, pa.ArrowException) as error:
        first = str(error).partition("\n")[0]
        raise ReviewRefused(f"{data}: is not the shipped data of card holders: {first}") from None


def _schema() -> pa.Schema:
    columns = (*COLUMNS, *statement_columns())
    return pa.schema([pa.field(column.name, _ARROW[column.kind]) for column in columns])


def _table(people: Columns, seed: int, start: int, end: int) -> pa.Table:
    chance = _Chance(seed, np.arange(start, end, dtype=np.uint64))
    drawn = chance.below("person", len(people["AGE"]))
    student = (people["AGE"][drawn] <= _STUDENT_AGE) & chance.happens("student", 40)
    line, product = _lines(chance, people["LIMIT_BAL"][drawn], student)
    columns: dict[str, pa.Array] = dict(_statements(people, drawn, line))
    columns |= _strength(chance, line, student)
    columns |= _names(chance, start, product)
    columns["product"] = pa.array(product, pa.string())
    columns["line_minor"] = pa.array(line * _MINOR)
    columns["balance_minor"] = columns["balance_1_minor"]
    columns["age"] = _with_gaps(chance, "age", people["AGE"][drawn], 0.5)
    columns["is_student"] = pa.array(student)
    columns["fraud_mark"] = pa.array(chance.happens("fraud", 0.2))
    schema = _schema()
    return pa.table([columns[field.name] for field in schema], schema=schema)


def _lines(
    chance: _Chance, limit: Ints, student: npt.NDArray[np.bool_]
) -> tuple[Ints, npt.NDArray[np.object_]]:
    """Lines in yuan, a multiple of the product's step and within its range."""
    line = limit * (70 + chance.below("line", 61)) // 450
    kind = np.ones(len(line), dtype=np.int64)
    kind[(line >= _GOLD) & chance.happens("gold", 60)] = 2
    kind[(line >= _PLATINUM) & chance.happens("platinum", 50)] = 3
    kind[student] = 0
    least = np.array([500, 1_000, 10_000, 50_000])[kind]
    most = np.array([5_000, 50_000, 150_000, 500_000])[kind]
    step = np.array(list(_STEPS.values()))[kind]
    return np.clip(line, least, most) // step * step, _PRODUCTS[kind]


def _statements(people: Columns, drawn: Ints, line: Ints) -> Iterator[tuple[str, pa.Array]]:
    """Amounts of the data in proportion to the line: every ratio stays what it was."""
    limit = people["LIMIT_BAL"][drawn]
    for month in range(1, MONTHS + 1):
        yield f"status_{month}", pa.array(people[_SOURCE["status"][month - 1]][drawn])
        yield f"limit_{month}_minor", pa.array(line * _MINOR)
        for what in ("balance", "payment"):
            amount = people[_SOURCE[what][month - 1]][drawn] * _MINOR
            yield f"{what}_{month}_minor", pa.array(amount * line // limit)


def _strength(
    chance: _Chance, line: Ints, student: npt.NDArray[np.bool_]
) -> Iterator[tuple[str, pa.Array]]:
    income = np.clip(line * (25 + chance.below("income", 76)) // 100, 2_500, 90_000)
    income = np.where(student, 1_000 + chance.below("parents", 9_000), income)
    assets = np.where(chance.happens("owns", 40), income * chance.below("assets", 40), 0)
    due = income * chance.below("due", 40) // 100
    other = np.where(chance.happens("other", 8), line * chance.below("own", 100) // 100, 0)
    circle = np.where(chance.happens("circle", 2), line * chance.below("circled", 300) // 100, 0)
    elsewhere = line * chance.below("elsewhere", 250) // 100
    yield "verified_income_minor", _with_gaps(chance, "income?", income * _MINOR, 8)
    yield "verified_assets_minor", _with_gaps(chance, "assets?", assets * _MINOR, 4)
    yield "monthly_obligations_minor", _with_gaps(chance, "due?", due * _MINOR, 4)
    yield "own_other_lines_minor", pa.array(other * _MINOR)
    yield "group_lines_minor", pa.array(circle * _MINOR)
    yield "elsewhere_lines_minor", _with_gaps(chance, "else?", elsewhere * _MINOR, 5)
    book = 3 + chance.below("book", 160)
    since = book - book * chance.below("since", 100) // 100
    yield "months_on_book", pa.array(book)
    yield "months_since_change", _with_gaps(chance, "since?", since, 2)


def _names(
    chance: _Chance, start: int, product: npt.NDArray[np.object_]
) -> Iterator[tuple[str, pa.Array]]:
    numbers = np.arange(start, start + len(product))
    # Now and then the next account belongs to the same customer, or the next few to one circle.
    customers = numbers - (chance.happens("second", 6) & (numbers % 2 == 1))
    yield "account_id", _texts("a{:010d}", numbers)
    yield "customer_id", _texts("c{:010d}", customers)
    yield "group_id", _texts("g{:09d}", numbers // 4)
    yield "channel", _picked(chance, "channel", ("mobile", "branch", "web", "partner"))
    yield (
        "customer_segment",
        _picked(chance, "segment", ("mass", "mass", "affluent", "payroll", "new_to_credit")),
    )
    yield "branch", _texts("B{:03d}", chance.below("branch", 40))
    yield "staff", _texts("S{:04d}", chance.below("staff", 400))
    partner = chance.below("partner", 20)
    texts = _texts("P{:02d}", partner).to_pylist()
    yield (
        "partner",
        pa.array([t if p < _PARTNERS else None for t, p in zip(texts, partner, strict=True)]),
    )


def _texts(form: str, numbers: Ints) -> pa.Array:
    return pa.array([form.format(number) for number in numbers.tolist()], pa.string())


def _picked(chance: _Chance, name: str, words: tuple[str, ...]) -> pa.Array:
    return pa.array(np.array(words, dtype=object)[chance.below(name, len(words))], pa.string())


def _with_gaps(chance: _Chance, name: str, values: Ints, percent: float) -> pa.Array:
    """Some of them unknown, as in every bank."""
    return pa.array(values, mask=chance.happens(name, percent))
