"""Clauses: MATCH, OPTIONAL MATCH, UNWIND, WITH and a RETURN at the end; each with its bounds."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from graph.window.expressions import expression
from graph.window.model import MOST_ROWS, Statement, Value
from graph.window.patterns import patterns
from graph.window.reader import Reader
from graph.window.tokens import Kind

MOST_CLAUSES = 12
MOST_SKIPPED = 100_000
_MOST_UNWINDS = 2
_DIRECTIONS = ("ASC", "DESC", "ASCENDING", "DESCENDING")


def checked(statement: str, parameters: Mapping[str, Value] | None = None) -> Statement:
    """The statement as it may be run. Raises ``WindowRefused`` at the first thing that may not."""
    reader = Reader(statement, parameters or {})
    rows = _clauses(reader)
    return Statement(
        columns=tuple(reader.columns),
        text=" ".join(reader.written),
        parameters={name: reader.parameters[name] for name in sorted(reader.used)},
        rows=rows,
        told=" ".join(reader.told),
    )


def _clauses(reader: Reader) -> int:
    unwound = 0
    for clauses in itertools.count():
        if clauses == MOST_CLAUSES:
            reader.refuse(f"expected at most {MOST_CLAUSES} clauses")
        if reader.accept("RETURN"):
            return _return(reader)
        if reader.accept("MATCH") or reader.accept("OPTIONAL", "MATCH"):
            patterns(reader)
            _where(reader)
        elif reader.accept("UNWIND"):
            unwound += 1
            if unwound > _MOST_UNWINDS:
                reader.refuse(f"expected at most {_MOST_UNWINDS} UNWIND")
            _unwind(reader)
        elif reader.accept("WITH"):
            _with(reader)
        else:
            reader.refuse("expected MATCH, OPTIONAL MATCH, UNWIND, WITH or RETURN")
    raise AssertionError("the clauses end, or are refused")


def _where(reader: Reader) -> None:
    if reader.accept("WHERE"):
        expression(reader)


def _unwind(reader: Reader) -> None:
    weight = expression(reader)
    reader.expect("AS")
    name = reader.name("a variable")
    reader.write(name)
    reader.bind(name, weight)


def _with(reader: Reader) -> None:
    reader.accept("DISTINCT")
    before = dict(reader.scope)
    items = _items(reader, must_be_named=True)
    reader.scope = before | items
    _order(reader)
    _skip(reader)
    if reader.accept("LIMIT"):
        _number(reader, MOST_SKIPPED)
    reader.scope = items
    _where(reader)


def _return(reader: Reader) -> int:
    reader.accept("DISTINCT")
    items = _items(reader, must_be_named=False)
    reader.scope |= items
    _order(reader)
    _skip(reader)
    rows = MOST_ROWS
    if reader.accept("LIMIT"):
        rows = _number(reader, MOST_ROWS)
    else:
        # One more than is shown, to know whether there are more.
        reader.write("LIMIT")
        reader.write(str(MOST_ROWS + 1))
    if reader.next.kind is not Kind.END:
        reader.refuse("expected the end of the statement")
    return rows


def _items(reader: Reader, *, must_be_named: bool) -> dict[str, int]:
    """What is handed on, by name, with its weight; together no more than a row may weigh."""
    found: dict[str, int] = {}
    reader.columns.clear()
    total = 0
    while True:
        if reader.is_next("*"):
            reader.refuse("expected what is to be returned, each by its name")
        start = len(reader.told)
        variable = reader.next.text
        is_plain = reader.next.text in reader.scope and _ends_item(reader, 1)
        weight = expression(reader)
        total = reader.weigh(total + weight)
        if reader.accept("AS"):
            name = reader.name("a name")
            reader.write(name)
            found[name] = weight
            reader.columns.append(name)
        elif is_plain:
            found[variable] = weight
            reader.columns.append(variable)
        elif must_be_named:
            reader.refuse("expected AS and a name")
        else:
            # Else each database would name the column in its own way.
            reader.columns.append("".join(reader.told[start:]))
            reader.write("AS")
            reader.write(f"column_{len(reader.columns)}")
        if len(set(reader.columns)) < len(reader.columns):
            reader.refuse("expected each column once; give the others names with AS")
        if not reader.accept(","):
            return found


def _ends_item(reader: Reader, ahead: int) -> bool:
    token = reader.ahead(ahead)
    ends = {"ORDER", "SKIP", "LIMIT", "WHERE", "MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN"}
    return token.kind is Kind.END or token.text == "," or token.word in ends


def _order(reader: Reader) -> None:
    if not reader.accept("ORDER", "BY"):
        return
    while True:
        expression(reader)
        any(reader.accept(word) for word in _DIRECTIONS)
        if not reader.accept(","):
            return


def _skip(reader: Reader) -> None:
    if reader.accept("SKIP"):
        _number(reader, MOST_SKIPPED)


def _number(reader: Reader, most: int) -> int:
    text = reader.next.text
    if reader.next.kind is not Kind.NUMBER or not text.isdigit() or int(text) > most:
        reader.refuse(f"expected a whole number, at most {most}")
    reader.take()
    return int(text)
