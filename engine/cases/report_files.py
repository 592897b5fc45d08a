"""A test report for machines: JSON, and JUnit's XML as CI servers read it."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from engine.cases.mutate import MutationReport
from engine.cases.report_text import case_text
from engine.cases.run import Status, TestReport

if TYPE_CHECKING:
    from engine.cases.run import CaseResult


def to_json(report: TestReport, mutation: MutationReport | None = None) -> str:
    """The whole report; keys are the names of the fields of ``TestReport``."""
    value = asdict(report) | {
        "succeeded": report.succeeded,
        "counts": {status.value: report.count(status) for status in Status},
    }
    value["coverage"] |= {"covered": report.coverage.covered, "percent": report.coverage.percent}
    if mutation is not None:
        value["mutation"] = asdict(mutation)
    return json.dumps(value, ensure_ascii=False, indent=2)


def to_junit(report: TestReport) -> str:
    """One test suite for each file. No times: running a case is pure."""
    root = ET.Element("testsuites", name=report.policy)
    for path, group in groupby(report.results, key=lambda result: result.path):
        results = list(group)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=path,
            tests=str(len(results)),
            failures=str(sum(r.status is Status.FAILED for r in results)),
            errors=str(sum(r.status is Status.BROKEN for r in results)),
            skipped=str(sum(r.status is Status.SKIPPED for r in results)),
        )
        for result in results:
            _case(suite, result)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


_TAGS = {Status.FAILED: "failure", Status.BROKEN: "error", Status.SKIPPED: "skipped"}


def _case(suite: ET.Element, result: CaseResult) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=_printable(result.suite),
        name=_printable(result.case),
        file=result.path,
        line=str(result.line),
    )
    tag = _TAGS.get(result.status)
    if tag is None:
        return
    told = [f"{d.field}: expected {d.expected}, came {d.actual}" for d in result.differences]
    child = ET.SubElement(case, tag, message=_printable("; ".join(told) or result.note))
    if result.trace is not None:
        child.text = _printable(case_text(result))


def _printable(text: str) -> str:
    """XML has no way to write control characters."""
    return "".join(char if char.isprintable() or char in "\n\t" else "?" for char in text)
