"""What is wrong with a line: where it stands and what to do, never what it holds."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.errors import TouchstoneError


@dataclass(frozen=True, slots=True)
class Problem:
    """``line`` counts from 1, the header included; of a Parquet file it is the row.
    ``column`` is empty where the whole line is meant.
    """

    file: str
    line: int
    column: str
    text: str

    def __str__(self) -> str:
        """As a compiler would say it."""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}:{self.line}{column}: {self.text}"


class TooManyRejects(TouchstoneError):
    """More lines were rejected than the caller allowed: the files are probably not what they
    should be. What was recorded before stays, and is not recorded again.
    """

    reason = "TOO_MANY_REJECTS"


class Rejects:
    """Counts rejected lines, keeps the first few problems, and writes all of them to ``path``.

    ``most``: rejected lines before it raises ``TooManyRejects``.
    """

    SHOWN = 20

    def __init__(self, path: Path | None, *, most: int) -> None:
        self._most = most
        self._file = None if path is None else path.open("w", encoding="utf-8", newline="")
        self._writer = None if self._file is None else csv.writer(self._file)
        if self._writer is not None:
            self._writer.writerow(("file", "line", "column", "problem"))
        self.lines = 0
        self.first: list[Problem] = []

    def add(self, problems: Iterable[Problem], lines: int = 1) -> None:
        """What is wrong with one line, or with lines that belong together."""
        self.lines += lines
        for problem in problems:
            if len(self.first) < self.SHOWN:
                self.first.append(problem)
            if self._writer is not None:
                self._writer.writerow((problem.file, problem.line, problem.column, problem.text))
        if self.lines > self._most:
            raise TooManyRejects(f"more than {self._most} lines were rejected; look at the first")

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
        if self._file is not None:
            self._file.close()
