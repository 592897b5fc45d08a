"""Rows for bulk loading of the graph, written as they come: CSV, or Parquet in row groups."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from engine.generate.stream import Generated
from graph.model import ApplicationProjected

LINKS: Mapping[str, type] = MappingProxyType(
    {
        "application": str,
        "at_us": int,
        "status": str,
        "role": str,
        "kind": str,
        "key": str,
        "masked": str,
    }
)
"""Columns of links: an identifier of an application, as a token."""

MARKS: Mapping[str, type] = MappingProxyType(
    {"application": str, "at_us": int, "fraud_at_us": int, "fraud_type": str}
)
"""Columns of fraud marks: made when, fraud known since when."""

_ROW_GROUP = 50_000


def link_rows(event: ApplicationProjected) -> Iterator[tuple[object, ...]]:
    """A row for each link."""
    for link in event.links:
        identifier = link.identifier
        yield (
            event.applicant,
            event.at_us,
            event.status,
            link.role.value,
            identifier.kind.value,
            identifier.key,
            identifier.masked,
        )


def mark_row(item: Generated) -> tuple[object, ...]:
    """The row of an application that becomes known as fraud."""
    known = item.truth.known_at_us
    return (item.request.request_id, known, known, item.truth.typology)


class CsvRows:
    """A CSV file with a header."""

    def __init__(self, directory: Path, name: str, columns: Mapping[str, type]) -> None:
        self._file = (directory / f"{name}.csv").open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(columns)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def add(self, row: tuple[object, ...]) -> None:
        """Write one row."""
        self._rows.writerow(row)


class ParquetRows:
    """A Parquet file in row groups; in memory is one of them."""

    def __init__(self, directory: Path, name: str, columns: Mapping[str, type]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        types = {str: pa.string(), int: pa.int64()}
        self._schema = pa.schema([(column, types[kind]) for column, kind in columns.items()])
        self._table: Any = pa.Table
        self._writer: Any = parquet.ParquetWriter(directory / f"{name}.parquet", self._schema)
        self._rows: list[tuple[object, ...]] = []

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what is left, and close the file."""
        self._flush()
        self._writer.close()

    def add(self, row: tuple[object, ...]) -> None:
        """Take one row."""
        self._rows.append(row)
        if len(self._rows) >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            columns = [list(column) for column in zip(*self._rows, strict=True)]
            self._writer.write_table(self._table.from_arrays(columns, schema=self._schema))
            self._rows.clear()
