"""A decision table as values. Its rows are the rules of its ruleset, in the order written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.rules.ast import Expr
from engine.rules.source import Span


class HitPolicy(StrEnum):
    """What follows when several rows hold.

    ``first``: the first that is not a miss settles the table. ``unique``: two hits are an error.
    ``collect``: all hits apply.
    """

    FIRST = "first"
    UNIQUE = "unique"
    COLLECT = "collect"


class Aggregate(StrEnum):
    """How the numbers of several hits of a ``collect`` table become one."""

    SUM = "sum"
    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregates:
    """What the table's hits come to, before the stage adds points and takes the lowest cap.

    With ``min`` or ``max`` of points every row gives points, so that 0 is a value like others.
    """

    adjust_points: Aggregate = Aggregate.SUM
    cap_line_minor: Aggregate = Aggregate.MIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An expression of type bool, int, double or string that every row's cell is about."""

    text: str
    tree: Expr
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a row asks of a column. ``test`` ``None``: nothing, any value will do, unknown too."""

    text: str
    test: Expr | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What makes a rule the row of a table: the table is the ruleset of that rule.

    ``number``: from 1, in the order written. ``cells``: one for each column. ``otherwise``: the
    row for when no other settled the table; it is the last rule, and has no cells. ``sites``:
    where the paths of the condition are written, which is in the table's columns.
    """

    number: int
    cells: tuple[Cell, ...]
    otherwise: bool
    sites: tuple[tuple[str, Span], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a table adds to the rules of its ruleset."""

    hit: HitPolicy
    columns: tuple[Column, ...]
    aggregates: Aggregates
    span: Span
