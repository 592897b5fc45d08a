"""Two rows of a table that ask the same: one of them was meant to ask something else."""

from __future__ import annotations

from engine.rules.ast import Expr
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import table_rows
from engine.rules.model import Bundle, Rule
from engine.rules.tables.model import HitPolicy, Row

_WHY = {
    HitPolicy.FIRST: "the later one can never apply",
    HitPolicy.UNIQUE: "both would hit, which this table calls an error",
    HitPolicy.COLLECT: "both apply whenever one does",
}


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report every further row with the same cells; where all hits apply it may be meant."""
    for name, table in bundle.tables.items():
        first: dict[tuple[Expr | str | None, ...], tuple[Rule, Row]] = {}
        for rule, row in table_rows(bundle.rulesets[name]):
            tests = (*(cell.test for cell in row.cells), rule.valid_from, rule.valid_until)
            earlier, same = first.setdefault(tests, (rule, row))
            if earlier is rule:
                continue
            report = found.warning if table.hit is HitPolicy.COLLECT else found.error
            report(
                Code.DUPLICATE_ROW,
                f"row {row.number} asks the same as row {same.number}: {_WHY[table.hit]}",
                rule.span,
                label=f"first in line {earlier.span.line}",
                hint="change a cell, or remove one of the rows",
            )
