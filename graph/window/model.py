"""Frozen types of the window, its bounds, and how a statement is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import FieldViolation, InvalidApplication, PreconditionFailed

MOST_CHARACTERS = 4_000
MOST_ROWS = 1_000
MOST_BYTES = 1_048_576
MOST_S = 5.0
"""Seconds that a statement may run."""

Value = str | int


class WindowRefused(InvalidApplication):
    """The statement is none that the window runs; the text names the place and what may be done."""

    def __init__(self, place: int, description: str) -> None:
        super().__init__((FieldViolation("statement", f"character {place}: {description}"),))


class WindowFailed(PreconditionFailed):
    """The statement was run and came to nothing: too long, too large, or the graph refused it."""

    reason = "WINDOW_FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is run. ``columns``: of its rows, in order; ``rows``: at most.

    ``told``: the statement without what may be personal data.
    """

    text: str
    parameters: Mapping[str, Value]
    columns: tuple[str, ...]
    rows: int
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnswer:
    """Cells hold what JSON can hold. ``cut``: rows were left out at a bound.

    ``age_s``: how old the copy is that was asked, if the graph has changed since.
    """

    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]
    cut: bool
    age_s: float = 0.0
