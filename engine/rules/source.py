"""Source files of a bundle, and places in them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """One file's text. ``path`` is relative to the bundle's root, with forward slashes.

    ``private``: no line of it is ever shown, since it may hold what must not be repeated.
    """

    path: str
    text: str
    private: bool = False
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the starts of lines once."""
        starts = [0]
        starts.extend(i + 1 for i, char in enumerate(self.text) if char == "\n")
        object.__setattr__(self, "_starts", tuple(starts))

    def position(self, index: int) -> tuple[int, int]:
        """Line and column of a character index, both from 1, in code points."""
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of one line, from 1, without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line: line and column from 1, in code points."""

    path: str
    line: int
    column: int
    length: int = 1


def span_at(source: Source, index: int, length: int) -> Span:
    """The span of ``length`` characters from ``index``, cut at the end of its line."""
    index = max(0, min(index, len(source.text)))
    line, column = source.position(index)
    room = len(source.line(line)) - column + 1
    return Span(source.path, line, column, max(1, min(length, room)))
