"""Files of history, read line by line in bounded memory: CSV and Parquet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from pyarrow import parquet

from engine.errors import TouchstoneError

_LONGEST_LINE = 1 << 20
_ROWS_AT_ONCE = 2_000


class FileError(TouchstoneError):
    """The file cannot be read at all; the text names it and says why."""

    reason = "FILE_UNREADABLE"


@dataclass(frozen=True, slots=True)
class Line:
    """A line's cells in the order of the columns; ``fault`` says why there are none.

    Cells are texts (CSV), or what Parquet holds.
    """

    number: int
    cells: Sequence[object] = ()
    fault: str = ""


class Source(Protocol):
    """One file. ``total``: in the unit in which ``lines`` tells how far it is."""

    @property
    def name(self) -> str:
        """The file's name, for people."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in their order."""
        ...

    @property
    def total(self) -> int:
        """Bytes or rows."""
        ...

    def lines(self, progress: Callable[[int], None]) -> Iterator[Line]:
        """All lines but the header. Raises ``FileError`` if it cannot be read to its end."""
        ...


def open_source(path: Path) -> Source:
    """The file by its ending, ``.csv`` or ``.parquet``. Raises ``FileError``."""
    kinds: dict[str, Callable[[Path], Source]] = {".csv": CsvSource, ".parquet": ParquetSource}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise FileError(f"{path}: the name must end in .csv or .parquet")
    try:
        return kind(path)
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror or 'not that format'}") from None
    except pa.ArrowException:
        raise FileError(f"{path}: is no Parquet file") from None


class CsvSource:
    """UTF-8 with commas, quoted where needed, a header in the first line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = str(path)
        self.total = path.stat().st_size
        csv.field_size_limit(_LONGEST_LINE)
        first = next(self._raw(lambda _: None), None)
        if first is None or first.fault:
            raise FileError(f"{path}: {first.fault if first else 'is empty: a header is needed'}")
        self.columns = tuple(str(cell) for cell in first.cells)

    def lines(self, progress: Callable[[int], None]) -> Iterator[Line]:
        """As the protocol says; lines without anything in them are passed over."""
        raw = self._raw(progress)
        next(raw, None)
        for line in raw:
            if line.fault or len(line.cells) == len(self.columns):
                yield line
            elif line.cells:
                told = f"has {len(line.cells)} cells, the header {len(self.columns)}"
                yield Line(line.number, fault=told)

    def _raw(self, progress: Callable[[int], None]) -> Iterator[Line]:
        texts = _Texts(self._path, progress)
        try:
            reader = csv.reader(texts, strict=True)
            while True:
                number = texts.number + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    texts.fault = ""
                    yield Line(number, fault="is not valid CSV: look at its quotes")
                    continue
                fault, texts.fault = texts.fault, ""
                yield Line(number, fault=fault) if fault else Line(number, cells)
        except OSError as error:
            raise FileError(f"{self._path}: cannot be read: {error.strerror}") from None
        finally:
            texts.close()


class _Texts:
    """The lines of a file as texts. One that is too long or no UTF-8 leaves ``fault`` behind."""

    def __init__(self, path: Path, progress: Callable[[int], None]) -> None:
        self._file = path.open("rb")
        self._progress = progress
        self._read = 0
        self.number = 0
        self.fault = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._file.readline(_LONGEST_LINE)
        if not raw:
            raise StopIteration
        self._advance(raw)
        if len(raw) >= _LONGEST_LINE and not raw.endswith(b"\n"):
            self.fault = f"is longer than {_LONGEST_LINE} bytes"
            raw = b""
            while (more := self._file.readline(_LONGEST_LINE)) and not more.endswith(b"\n"):
                self._read += len(more)
        try:
            return raw.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError:
            self.fault = "is not UTF-8"
            return "\n"

    def _advance(self, raw: bytes) -> None:
        self.number += 1
        self._read += len(raw)
        self._progress(self._read)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class ParquetSource:
    """Rows of a Parquet file; the first is number 1."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = str(path)
        with parquet.ParquetFile(path) as file:
            self.total = int(file.metadata.num_rows)
            self.columns = tuple(str(name) for name in file.schema_arrow.names)

    def lines(self, progress: Callable[[int], None]) -> Iterator[Line]:
        """As the protocol says."""
        number = 0
        try:
            with parquet.ParquetFile(self._path) as file:
                for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                    columns = [_python(column) for column in batch.columns]
                    for cells in zip(*columns, strict=True):
                        number += 1
                        yield Line(number, cells)
                    progress(number)
        except (OSError, pa.ArrowException):
            raise FileError(f"{self._path}: cannot be read after row {number}") from None


def _python(column: pa.Array) -> list[object]:
    """Nanoseconds have no Python type: microseconds are what the graph keeps."""
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
    values: list[object] = column.to_pylist()
    return values
