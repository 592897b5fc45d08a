"""Tables: CSV and Parquet read as columns, with errors that name the file, the line and the column.

A value never stands in an error: a table holds people.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import csv, parquet

from engine.errors import TouchstoneError
from engine.training.formula import Values
from engine.training.spec import DataSpec

MAX_ROWS = 20_000_000
MAX_BYTES = 8_000_000_000

Texts = npt.NDArray[np.object_]
_WHOLE = re.compile(r"-?\d+\.0+")


class TrainingRefused(TouchstoneError):
    """Spec and data do not go together; the text names the place and what to do."""

    reason = "TRAINING_REFUSED"
    code = "INVALID_ARGUMENT"
    most_text = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns by name.

    ``places``: of each row, its line in a text file (``by_line``), else its number in the file;
    ``None``: they are counted from 1.
    """

    source: str
    sha256: str
    columns: Mapping[str, Any]
    rows: int
    places: npt.NDArray[np.int64] | None = None
    by_line: bool = False
    decimal: str = "."

    def numbers(self, column: str) -> Values:
        """A column as numbers; NaN is missing. Refuses texts and infinities."""
        found = self._of(column)
        if isinstance(found, np.ndarray):
            try:
                values = found.astype(np.float64)
            except (TypeError, ValueError):
                raise TrainingRefused(
                    f"{self.source}: column {column!r}: is not a number; declare the feature a"
                    " category"
                ) from None
        else:
            values = self._converted(column, found)
        wrong = np.flatnonzero(np.isinf(values))
        if len(wrong):
            raise TrainingRefused(f"{self.place(int(wrong[0]), column)}: is infinite")
        return values

    def texts(self, column: str) -> Texts:
        """A column as texts; ``None`` is missing."""
        found = self._of(column)
        if isinstance(found, np.ndarray):
            return np.array([spoken(value) for value in found.tolist()], dtype=object)
        if pa.types.is_nested(found.type) or _is_binary(found.type):
            raise TrainingRefused(f"{self.source}: column {column!r}: {found.type} is no level")
        return np.array([spoken(value) for value in found.to_pylist()], dtype=object)

    def place(self, row: int, column: str) -> str:
        """Where a value stands, for an error."""
        number = row + 1 if self.places is None else int(self.places[row])
        at = f":{number}" if self.by_line else f": row {number}"
        return f"{self.source}{at}: column {column!r}"

    def take(self, rows: npt.NDArray[np.int64]) -> Table:
        """Some of the rows; each is told by its place in the file, as before."""
        columns = {
            name: column[rows] if isinstance(column, np.ndarray) else column.take(pa.array(rows))
            for name, column in self.columns.items()
        }
        places = rows + 1 if self.places is None else self.places[rows]
        return replace(self, columns=columns, rows=len(rows), places=places)

    def head(self, rows: int) -> Table:
        """The first rows."""
        columns = {name: column[:rows] for name, column in self.columns.items()}
        return replace(self, columns=columns, rows=min(rows, self.rows))

    def _of(self, column: str) -> Any:  # noqa: ANN401 - a column of pyarrow or of numpy
        if column not in self.columns:
            raise TrainingRefused(f"{self.source}: has no column {column!r}; {_told(self.columns)}")
        return self.columns[column]

    def _converted(self, column: str, found: Any) -> Values:  # noqa: ANN401 - as _of
        bare = _bare(found, self.decimal)
        try:
            # A whole number above 2^53 is rounded; it is a number all the same.
            numbers = pc.cast(bare, pa.float64(), safe=not pa.types.is_integer(bare.type))
        except pa.ArrowNotImplementedError:
            raise TrainingRefused(
                f"{self.source}: column {column!r}: {found.type} is no number; put one into the"
                " table, such as days since a date"
            ) from None
        except pa.ArrowInvalid:
            raise TrainingRefused(
                f"{self.place(_first_text(bare), column)}: is not a number; declare the feature a"
                " category, add the code to `nulls`, name the `decimal` mark, write thousands"
                " without a mark, or repair the file"
            ) from None
        values: Values = numbers.to_numpy(zero_copy_only=False).astype(np.float64)
        stated = np.flatnonzero(
            np.isnan(values) & pc.is_valid(found).to_numpy(zero_copy_only=False)
        )
        if len(stated):
            raise TrainingRefused(
                f"{self.place(int(stated[0]), column)}: is NaN, which is no number; leave it empty"
            )
        return values


def table_of(columns: Mapping[str, npt.ArrayLike], source: str = "table") -> Table:
    """A table of arrays of one length: for programs that make their rows. NaN is missing."""
    found = {name: np.asarray(values) for name, values in columns.items()}
    lengths = {len(values) for values in found.values()}
    if len(lengths) != 1:
        raise TrainingRefused(f"{source}: needs columns of one length")
    digest = sha256()
    for name, values in found.items():
        digest.update(name.encode())
        digest.update("\x00".join(map(str, values.tolist())).encode())
    return Table(source, digest.hexdigest(), found, lengths.pop())


def read_table(path: Path, spec: DataSpec) -> Table:
    """Read a file as ``spec`` says; columns get the names that the spec uses.

    What begins as Parquet does is Parquet; everything else is CSV, compressed if it ends in
    ``.gz``.
    """
    raw = _bytes(path)
    shown = path.name
    lines: npt.NDArray[np.int64] | None = None
    try:
        if is_parquet(raw):
            read = parquet.read_table(pa.BufferReader(raw))
        else:
            read, lines = _csv(raw, path, spec)
    except (pa.ArrowException, OSError, EOFError, zlib.error) as error:
        raise TrainingRefused(f"{shown}{_first_line(error)}") from None
    _check_size(shown, read)
    found = {name: read.column(name).combine_chunks() for name in read.column_names}
    return Table(
        source=shown,
        sha256=sha256(raw).hexdigest(),
        columns=_renamed(shown, found, spec),
        rows=read.num_rows,
        places=lines,
        by_line=lines is not None,
        decimal=spec.decimal,
    )


def is_parquet(begin: bytes) -> bool:
    """Whether a file that begins so is Parquet."""
    return begin.startswith(b"PAR1")


def _renamed(shown: str, found: Mapping[str, Any], spec: DataSpec) -> dict[str, Any]:
    """The columns by the names of the spec; no column takes the place of another."""
    names = dict(spec.columns)
    for name, actual in names.items():
        if actual not in found:
            raise TrainingRefused(
                f"{shown}: has no column {actual!r}, which the spec calls {name}; {_told(found)}"
            )
        if name in found and name not in names.values():
            raise TrainingRefused(
                f"{shown}: has a column {name!r}, and the spec gives that name to {actual!r}; name"
                " one of them otherwise under `columns`"
            )
    kept = {name: column for name, column in found.items() if name not in names.values()}
    return kept | {name: found[actual] for name, actual in names.items()}


def _told(columns: Mapping[str, Any]) -> str:
    return f"it has: {', '.join(list(columns)[:40])}"


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TrainingRefused(f"{path}: more than {MAX_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise TrainingRefused(f"{path}: cannot be read: {error.strerror}") from None


def _csv(raw: bytes, path: Path, spec: DataSpec) -> tuple[Any, npt.NDArray[np.int64]]:
    """The columns as texts, and the line of each row."""
    text = _utf8(_unpacked(raw) if path.suffix == ".gz" else raw, path, spec.encoding)
    names = list(spec.header) or _header(text, path, spec)
    begin = 0 if spec.header else 1
    read = csv.read_csv(
        pa.BufferReader(text),
        csv.ReadOptions(column_names=names, skip_rows=begin, use_threads=False),
        csv.ParseOptions(delimiter=spec.separator, newlines_in_values=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=list(spec.nulls),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    return read, _lines(text, read.num_rows, begin)


def _lines(text: bytes, rows: int, begin: int) -> npt.NDArray[np.int64]:
    """The line of each row: the reader passes over empty lines behind the first ``begin``."""
    if not re.search(rb"\n\r?\n|\A\r?\n", text):
        return np.arange(begin + 1, begin + 1 + rows, dtype=np.int64)
    full = [n for n, line in enumerate(text.split(b"\n"), 1) if n > begin and line.strip(b"\r")]
    return np.array(full[:rows], dtype=np.int64)


def _unpacked(raw: bytes) -> bytes:
    with gzip.GzipFile(fileobj=BytesIO(raw)) as packed:
        text = packed.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        raise OSError(f"more than {MAX_BYTES:,} bytes when unpacked")
    return text


def _utf8(text: bytes, path: Path, encoding: str) -> bytes:
    """The same text in UTF-8; what does not fit the encoding is told by its line."""
    try:
        said = text.decode(encoding)
    except UnicodeError as error:
        line = text[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else 1
        raise TrainingRefused(
            f"{path.name}:{line}: is not {encoding}; name the file's `encoding` under `data`:"
            " utf-8, utf-16, latin-1, gb18030"
        ) from None
    return said.removeprefix("\ufeff").encode("utf-8", "replace")


def _header(text: bytes, path: Path, spec: DataSpec) -> list[str]:
    """Names of the first line; one that is empty gets its place, one that is twice is refused."""
    head = text[: text.find(b"\n") + 1] or text
    read = csv.read_csv(
        pa.BufferReader(head),
        csv.ReadOptions(autogenerate_column_names=True),
        csv.ParseOptions(delimiter=spec.separator),
        csv.ConvertOptions(column_types={}, strings_can_be_null=False),
    )
    first = [str(column[0].as_py() or "") for column in read.columns]
    names = [name.strip() or f"column_{i}" for i, name in enumerate(first, 1)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TrainingRefused(f"{path.name}:1: column {twice[0]!r} stands there twice")
    return names


def _check_size(shown: str, read: Any) -> None:  # noqa: ANN401 - pyarrow has no types
    if read.num_rows == 0:
        raise TrainingRefused(f"{shown}: has no rows")
    if read.num_rows > MAX_ROWS:
        raise TrainingRefused(f"{shown}: {read.num_rows:,} rows, at most {MAX_ROWS:,} are read")


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_binary(kind: Any) -> bool:  # noqa: ANN401 - as above
    types = pa.types
    return bool(
        types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
    )


def _bare(found: Any, decimal: str) -> Any:  # noqa: ANN401 - a column of pyarrow
    if pa.types.is_dictionary(found.type):
        found = found.dictionary_decode()
    if not _is_text(found.type):
        return found
    found = pc.utf8_trim_whitespace(pc.cast(found, pa.large_string()))
    if decimal == ".":
        return found
    # A point beside a decimal comma marks thousands: 2.261 must not become 2 and a bit.
    return pc.replace_substring(pc.replace_substring(found, ".", "_"), decimal, ".")


def _first_text(bare: Any) -> int:  # noqa: ANN401 - a column of pyarrow
    """The first row that is no number, by halves: what is one the conversion itself decides."""
    low, high = 0, len(bare)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            pc.cast(bare[low:middle], pa.float64())
        except pa.ArrowInvalid:
            high = middle
        else:
            low = middle
    return low


def spoken(value: object) -> str | None:
    """A value as a level: whole numbers without their fraction, ``true`` as in a spec.

    A text reads as the number that it writes, so that a CSV and a Parquet file of the same data
    have the same levels.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return (re.sub(r"(?<=\d)\.0+$", "", text) if _WHOLE.fullmatch(text) else text) or None


def _first_line(error: BaseException) -> str:
    """What the reader said, without the content of a row, which it may quote."""
    said = str(error).partition("\n")[0]
    line = re.search(r"Row #(\d+)", said)
    at = f":{line[1]}" if line else ""
    ragged = re.search(r"Expected (\d+) columns, got (\d+)", said)
    if ragged:
        return (
            f"{at}: has {ragged[2]} columns where {ragged[1]} were expected; repair the line, or"
            " name the `separator` under `data`"
        )
    if line:
        return f"{at}: cannot be read"
    return f": cannot be read: {re.split(r': | [(]', said)[0][:160]}"
