"""Behind a row that takes everything no other row of a table has its turn."""

from __future__ import annotations

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import table_rows
from engine.rules.model import Bundle, Rule, Ruleset
from engine.rules.tables.model import HitPolicy, Row


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report the first row behind one without a question, and an ``otherwise`` beside one."""
    for name, table in bundle.tables.items():
        ruleset = bundle.rulesets[name]
        rows = table_rows(ruleset)
        takes_all = [n for n, (rule, row) in enumerate(rows) if _takes_all(rule, row)]
        if not takes_all:
            continue
        number = rows[takes_all[0]][1].number
        later = rows[takes_all[0] + 1 :]
        if table.hit is HitPolicy.FIRST and later:
            last = later[-1][1].number
            which = f"row {last} is" if len(later) == 1 else f"rows {number + 1} to {last} are"
            found.error(
                Code.ROW_NEVER_REACHED,
                f"{which} never reached: row {number} takes everything",
                later[0][0].span,
                hint="move the row that takes everything to the end, or write it as `otherwise`",
            )
        _check_otherwise(ruleset, number, found)


def _check_otherwise(ruleset: Ruleset, number: int, found: Diagnostics) -> None:
    last = ruleset.rules[-1]
    if last.row is not None and last.row.otherwise:
        found.error(
            Code.ROW_NEVER_REACHED,
            f"`otherwise` never applies: row {number} takes everything",
            last.span,
            hint="remove the one or the other",
        )


def _takes_all(rule: Rule, row: Row) -> bool:
    """Whether it asks nothing, on no day."""
    in_force = not rule.valid_from and not rule.valid_until
    return in_force and all(cell.test is None for cell in row.cells)
