"""How a text table is written: encoding, separator, decimal mark, words for what is missing."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections import Counter
from pathlib import Path

from engine.training.spec import DataSpec
from engine.training.table import TrainingRefused, is_parquet

_SEPARATORS = (",", ";", "\t", "|", " ")
_NULLS = ("NA", "N/A", "NULL", "null", "None", "nan", "NaN", "?", ".", "-")
_BYTES, _LINES = 1_000_000, 200
_NEARLY_ALL = 0.9
#: 2,261 or 1.250.000: perhaps a mark for thousands, so it says nothing of the decimal mark.
THOUSANDS = re.compile(r"-?[1-9]\d{0,2}([.,]\d{3})+")
#: Two bytes of a Chinese character in GB 2312.
_CHINESE = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_HIGH = re.compile(rb"[\x80-\xff]")


def sniffed(path: Path) -> DataSpec:
    """How to read the file, judged by its first lines; Parquet says it itself."""
    plain = DataSpec(file=path.name, name=path.name, licence="")
    raw = _begin(path)
    if is_parquet(raw):
        return plain
    encoding = _encoding(raw)
    lines = raw.decode(encoding, "ignore").splitlines()[:_LINES]
    lines = lines[:-1] if len(raw) == _BYTES and len(lines) > 1 else lines
    separator = max(_SEPARATORS, key=lambda mark: (_columns(lines, mark), -_SEPARATORS.index(mark)))
    cells = [cell.strip() for row in csv.reader(lines, delimiter=separator) for cell in row]
    cells = [cell for cell in cells if not THOUSANDS.fullmatch(cell)]
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
        if error.start > len(raw) - 4 and len(raw) == _BYTES:
            return "utf-8"
        return "gb18030" if _is_chinese(raw) else "latin-1"
    return "utf-8"


def _is_chinese(raw: bytes) -> bool:
    """Letters of Latin-1 stand among others; in GB 18030 nearly all high bytes come in pairs."""
    paired = 2 * len(_CHINESE.findall(raw))
    return paired >= _NEARLY_ALL * len(_HIGH.findall(raw))


def _columns(lines: list[str], separator: str) -> int:
    """Columns that most lines have; none if lines disagree."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
    except csv.Error:
        return 0
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return width if count >= _NEARLY_ALL * sum(widths.values()) else 0
