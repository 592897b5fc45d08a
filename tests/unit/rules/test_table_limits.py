"""Tables beyond any bound are refused at once, and cost nothing."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest

from engine.errors import PolicyError
from engine.rules import Code, Diagnostic, Severity, load_bundle
from tests.unit.rules.bundles import write_bundle
from tests.unit.rules.tables import HEAD, load, table


def _refused(root: Path) -> tuple[list[Code], float, int]:
    """The codes, seconds and kilobytes that it took."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    with pytest.raises(PolicyError) as caught:
        load_bundle(root)
    found = (item for item in caught.value.diagnostics if isinstance(item, Diagnostic))
    codes = [item.code for item in found if item.severity is Severity.ERROR]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return codes, time.perf_counter() - started, grown


@pytest.mark.parametrize("size", [200 * 1_048_576, 20 * 2**30])
def test_a_billion_rows(tmp_path: Path, size: int) -> None:
    """Neither read nor kept, whether the file or the bundle is beyond its bound."""
    text = HEAD.format(hit="first") + "rows:\n"
    root = write_bundle(tmp_path, {"approval.yaml": text})
    os.truncate(root / "approval.yaml", size)
    codes, seconds, kilobytes = _refused(root)
    assert codes == [Code.FILE_LIMIT]
    assert seconds < 5
    assert kilobytes < 20_000


def test_as_many_rows_as_a_file_holds(tmp_path: Path) -> None:
    """A file within its bound stops at the bound of nodes."""
    rows = "  - [1, -, -, -]\n" * 55_000
    codes, seconds, kilobytes = _refused(
        write_bundle(tmp_path, {"approval.yaml": f"{HEAD.format(hit='first')}rows:\n{rows}"})
    )
    assert codes == [Code.FILE_LIMIT]
    assert seconds < 20
    assert kilobytes < 50_000


def test_rows_count_among_the_rules_of_a_stage(tmp_path: Path) -> None:
    """Three tables of 700 rows are more than a stage may have."""
    strategy = (
        "strategy: small\ncurrency: CNY\nsources: {graph: {timeout_ms: 150, on_failure: refer}}\n"
        "stages:\n  - {stage: many, rulesets: [a, b, c]}\n  - {stage: line}\n"
    )
    rows = "".join(f"  - [{n}, 1]\n" for n in range(700))
    files: dict[str, str | bytes] = {
        f"{name}.yaml": f"table: {name}\nhit: first\ncolumns: [applicant.age]\n"
        f"effects: [adjust_points]\nrows:\n{rows}"
        for name in ("a", "b", "c")
    }
    codes, _, _ = _refused(write_bundle(tmp_path, {**files, "strategy.yaml": strategy}))
    assert codes == [Code.RULE_LIMIT]


def test_a_cell_and_a_row_at_their_bounds(tmp_path: Path) -> None:
    """What the page allows, the engine takes: 24 columns, 200 values, 16 comparisons."""
    many = ", ".join(str(n) for n in range(200))
    tests = ", ".join(f"[{n} .. {n + 1}]" for n in range(0, 32, 2))
    columns = ", ".join(f"applicant.age + {n}" for n in range(24))
    cells = ", ".join([f'"{many}"', f'"{tests}"', *('">= 5"' for _ in range(22))])
    text = (
        f"table: approval\nhit: first\ncolumns: [{columns}]\neffects: [adjust_points]\n"
        f"rows:\n  - [{cells}, 5]\n"
    )
    rule = load(tmp_path, {"approval.yaml": text}).rulesets["approval"].rules[0]
    assert rule.row is not None
    assert len(rule.row.cells) == 24


def test_a_row_number_is_its_place(tmp_path: Path) -> None:
    """A row with an id of its own counts too."""
    named = "{id: MINE, when: ['31', '-'], then: {adjust_points: 1}}"
    bundle = load(tmp_path, table("[30, -, approve, -]", named, "[32, -, approve, -]"))
    ids = [rule.id for rule in bundle.rulesets["approval"].rules]
    assert ids == ["APPROVAL_1", "MINE", "APPROVAL_3"]
