"""Broken tables, one for each wording of a diagnostic."""

from __future__ import annotations

from engine.rules.tables.draft import MAX_COLUMNS, MAX_ROWS
from tests.unit.rules.bundles import FRAUD
from tests.unit.rules.tables import table

_R = "refer, AGE_REVIEW"
_COLLECT = "table: approval\nhit: collect\ncolumns: [applicant.age]\neffects: [adjust_points]\n"


def _cell(cell: str, column: str = "applicant.age") -> dict[str, str | bytes]:
    """A table of one column and one cell, written as a YAML value."""
    return _text(f"columns: ['{column}']\neffects: [outcome, reason]\nrows:\n  - [{cell}, {_R}]\n")


def _text(text: str) -> dict[str, str | bytes]:
    return {"approval.yaml": f"table: approval\nhit: first\n{text}"}


def _many_rows() -> dict[str, str | bytes]:
    return table(*(f"[{n}, -, {_R}]" for n in range(MAX_ROWS + 1)))


def _many_columns() -> dict[str, str | bytes]:
    columns = ", ".join(f"applicant.age + {n}" for n in range(MAX_COLUMNS + 1))
    return _text(f"columns: [{columns}]\nrows:\n  - {{when: [], then: {{adjust_points: 1}}}}\n")


CASES: dict[str, dict[str, str | bytes]] = {
    "table_row_too_short": table(f"[30, {_R}]", f"['< 30', -, {_R}]"),
    "table_row_has_unquoted_comma": table(f"[30, 40, -, {_R}]"),
    "table_row_without_effects": _text("columns: [applicant.age]\nrows:\n  - ['< 30', refer]\n"),
    "table_row_is_a_text": table("thirty"),
    "table_without_rows": _text("columns: [applicant.age]\nrows: []\n"),
    "table_without_columns": _text("columns: []\nrows:\n  - {when: [], then: {}}\n"),
    "table_too_many_rows": _many_rows(),
    "table_too_many_columns": _many_columns(),
    "table_of_another_name": {
        "approval.yaml": table(f"[30, -, {_R}]")["approval.yaml"].replace("approval", "other", 1)  # type: ignore[arg-type]
    },
    "table_unknown_effect": _text(
        "columns: [applicant.age]\neffects: [outcom]\nrows:\n  - [30, refer]\n"
    ),
    "table_unknown_hit_policy": table(f"[30, -, {_R}]", hit="frist"),
    "table_column_unknown": _cell("30", "applicant.agee"),
    "table_column_is_a_list": _cell("30", "evidence.verified_kinds"),
    "table_column_twice": _text(
        "columns: [applicant.age, applicant.age]\nrows:\n  - {when: [30, -], then: {}}\n"
    ),
    "table_column_from_missing_source": _cell("30", "history.declines_90d"),
    "table_reads_its_own_signal": {
        "fraud.yaml": FRAUD,
        **_text("columns: [signals.late]\nrows:\n  - {when: ['false'], then: {signal: late}}\n"),
    },
    "cell_is_no_number": _cell("thirty"),
    "cell_is_no_whole_number": _cell("'>= 30.5'"),
    "cell_with_thousands": _cell("'> 1,000'"),
    "cell_with_percent": _cell("'>= 25%'", "score.pd"),
    "cell_too_large": _cell("99999999999999999999"),
    "cell_null": _cell("null"),
    "cell_range_without_brackets": _cell("20 .. 30"),
    "cell_range_upside_down": _cell("'[30 .. 20]'"),
    "cell_range_with_one_end": _cell("'[30 .. ]'"),
    "cell_range_with_comma": _cell("'[20, 30]'"),
    "cell_needs_quotes": _cell(">= 30"),
    "cell_with_full_width_sign": _cell("'20\uff0c30'"),
    "cell_range_needs_quotes": _cell("[20 .. 30)"),
    "cell_dash_needs_quotes": _cell(" - "),
    "table_not_listed": {
        "caps.yaml": "# Forgotten\ntable: caps\nhit: first\ncolumns: [applicant.age]\n"
        "rows:\n  - {when: [30], then: {cap_line_minor: 500}}\n"
    },
    "cell_quote_open": _cell("'\"mass'", "application.customer_segment"),
    "cell_with_invisible_character": _cell("'mass\u200b'", "application.customer_segment"),
    "cell_text_compared": _cell("'>= 10'", "application.customer_segment"),
    "cell_other_date": _cell("31/01/2026", "application.branch"),
    "cell_no_such_day": _cell("'>= 2026-02-30'", "application.branch"),
    "cell_truth_compared": _cell("'> true'", "applicant.is_student"),
    "cell_set_with_hole": _cell("'20, , 30'"),
    "cell_list_with_not": _cell("[20, not 30]"),
    "cell_list_with_wrong_value": _cell("[20, thirty]"),
    "cell_too_long": _cell(f"'{'1' * 1001}'"),
    "cell_with_too_many_values": _cell(f"'{', '.join('1' for _ in range(201))}'"),
    "cell_asks_what_is_always_known": _cell("unknown"),
    "cell_asks_presence_of_an_expression": _cell("unknown", "bureau.score + 1"),
    "cell_is_a_mapping": _cell("{a: 1}"),
    "aggregates_without_collect": table(
        f"[30, -, {_R}]", head="aggregates: {adjust_points: max}\n"
    ),
    "aggregate_of_missing_points": {
        "approval.yaml": f"{_COLLECT}aggregates: {{adjust_points: min}}\nrows:\n"
        "  - ['> 20', -10]\n  - {when: ['> 30'], then: {cap_line_minor: 500}}\n"
    },
    "table_row_twice_first": table(f"[30, -, {_R}]", f"[31, -, {_R}]", f"['30', '-', {_R}]"),
    "table_row_twice_unique": table(f"[30, -, {_R}]", f"[30, -, {_R}]", hit="unique"),
    "table_row_twice_collect": table(f"[30, -, {_R}]", f"[30, -, {_R}]", hit="collect"),
    "table_row_never_reached": table(f"[-, -, {_R}]", f"[30, -, {_R}]", f"[31, -, {_R}]"),
    "table_otherwise_never_applies": table(f"[-, -, {_R}]", more=f"otherwise: [{_R}]\n"),
    "table_row_without_reason": table("[30, -, refer, -]"),
    "table_collect_row_without_effect": table("[30, -, -, -]", hit="collect"),
}
