"""How a text table is written: encoding, separator, decimal mark, words for what is missing."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections import Counter
from pathlib import Path

from engine.training.spec import DataSpec
from engine.training.table import TrainingRefused

_SEPARATORS = (",", ";", "\t", "|", " ")
_NULLS = ("NA", "N/A", "NULL", "null", "None", "nan", "NaN", "?", ".", "-")
_BYTES, _LINES = 1_000_000, 200
_NEARLY_ALL = 0.9


def sniffed(path: Path) -> DataSpec:
    """How to read the file, judged by its first lines; Parquet says it itself."""
    plain = DataSpec(file=path.name, name=path.name, licence="")
    if path.suffix == ".parquet":
        return plain
    raw = _begin(path)
    encoding = _encoding(raw)
    lines = raw.decode(encoding, "ignore").splitlines()[:_LINES]
    lines = lines[:-1] if len(raw) == _BYTES and len(lines) > 1 else lines
    separator = max(_SEPARATORS, key=lambda mark: (_columns(lines, mark), -_SEPARATORS.index(mark)))
    cells = [cell.strip() for row in csv.reader(lines, delimiter=separator) for cell in row]
    commas = sum(bool(re.fullmatch(r"-?\d+,\d+", cell)) for cell in cells)
    points = sum(bool(re.fullmatch(r"-?\d+\.\d+", cell)) for cell in cells)
    return DataSpec(
        file=path.name,
        name=path.name,
        licence="",
        separator=separator,
        encoding=encoding,
        decimal="," if commas > points and separator != "," else ".",
        nulls=("", *(null for null in _NULLS if null in cells)),
    )


def _begin(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return file.read(_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        said = error.strerror if isinstance(error, OSError) else None
        raise TrainingRefused(f"{path}: cannot be read: {said or 'not a gzipped file'}") from None


def _encoding(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        # A letter may be cut in two at the end of what was read.
        return "utf-8" if error.start > len(raw) - 4 and len(raw) == _BYTES else "latin-1"
    return "utf-8"


def _columns(lines: list[str], separator: str) -> int:
    """Columns that most lines have; none if lines disagree."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
    except csv.Error:
        return 0
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return width if count >= _NEARLY_ALL * sum(widths.values()) else 0
