"""A table that went to a spreadsheet and came back decides as before."""

from __future__ import annotations

import random

import pytest

from engine.rules.model import Ruleset
from engine.rules.tables.sheets.service import export_csv, export_xlsx, import_sheet
from tests.property.tables_random import TableSpec, random_tables, read_tables, write_table

_BATCHES, _BATCH = 4, 30


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_csv_and_xlsx_bring_back_the_same_table(batch: int) -> None:
    """Conditions, effects, ids, fallbacks, hit policy and aggregates; the text is stable then."""
    for seed in range(batch * _BATCH, (batch + 1) * _BATCH):
        rng = random.Random(seed)
        specs = random_tables(rng)
        texts = {spec.name: write_table(spec, rng) for spec in specs}
        back = {spec.name: _round_trip(spec, texts[spec.name]) for spec in specs}
        before, after = read_tables(texts), read_tables(back)
        for name, text in texts.items():
            where = f"seed {seed}\n{text}\n{back[name]}"
            assert _meaning(after[name]) == _meaning(before[name]), where


def _round_trip(spec: TableSpec, text: str) -> str:
    file = f"{spec.name}.yaml"
    exported = export_csv(text.encode(), file)
    back = import_sheet(exported.encode(), f"{spec.name}.csv", spec.name, head=text.encode())
    assert export_csv(back.encode(), file) == exported
    book = export_xlsx(text.encode(), file)
    assert import_sheet(book, f"{spec.name}.xlsx", spec.name, head=text.encode()) == back
    return back


def _meaning(ruleset: Ruleset) -> object:
    rules = [
        (
            rule.id,
            rule.when.tree,
            rule.then,
            rule.priority,
            rule.on_unknown,
            rule.on_error,
            rule.row is not None and rule.row.otherwise,
        )
        for rule in ruleset.rules
    ]
    table = ruleset.table
    assert table is not None
    columns = [column.tree for column in table.columns]
    return (ruleset.name, table.hit, table.aggregates, columns, rules)
