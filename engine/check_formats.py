"""A check's report as text for people, as lines for editors, and as JSON for CI."""

from __future__ import annotations

import json
from pathlib import Path

from engine.check import CheckReport
from engine.rules import Diagnostic, render_all

#: Of the JSON form: raised when a key is removed or changes its meaning.
SCHEMA_VERSION = 1


def as_text(report: CheckReport) -> str:
    """As a compiler shows it, with the lines of the files; empty if nothing was found."""
    return render_all(report.diagnostics, report.sources)


def as_lines(report: CheckReport, root: Path) -> str:
    """``file:line:column: severity CODE message``, one line for each finding.

    Files are named from the working directory, so that an editor can jump there.
    """
    return "\n".join(_line(item, root) for item in report.diagnostics)


def _line(item: Diagnostic, root: Path) -> str:
    span = item.span
    told = " ".join(f"{item.message}{f' ({item.hint})' if item.hint else ''}".split())
    place = f"{(root / span.path).as_posix()}:{span.line}:{span.column}"
    return f"{place}: {item.severity.value} {item.code.value} {told}"


def as_json(report: CheckReport) -> str:
    """One object; keys are only ever added to ``version`` 1. Files are relative to the policy.

    Lines and columns count from 1, in characters; ``end_column`` is the first one after.
    """
    value = {
        "version": SCHEMA_VERSION,
        "usable": report.usable,
        "digest": report.digest,
        "rules": report.rules,
        "products": report.products,
        "scorecards": report.scorecards,
        "errors": report.errors,
        "warnings": report.warnings,
        "diagnostics": [_finding(item) for item in report.diagnostics],
    }
    return json.dumps(value, ensure_ascii=False, indent=2)


def _finding(item: Diagnostic) -> dict[str, str | int]:
    span = item.span
    return {
        "code": item.code.value,
        "severity": item.severity.value,
        "message": item.message,
        "file": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.line,
        "end_column": span.column + span.length,
        "label": item.label,
        "hint": item.hint,
    }
