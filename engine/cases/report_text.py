"""A test report for a terminal: what was expected, what came, and the road that led there."""

from __future__ import annotations

from collections.abc import Iterator

from engine.cases.coverage import Coverage, RuleCoverage
from engine.cases.mutate import MutationReport
from engine.cases.run import CaseResult, Status, TestReport
from engine.cases.trace import MISS, CaseTrace, RuleStep, StageStep

_MARKS = {
    Status.PASSED: "pass",
    Status.FAILED: "FAIL",
    Status.BROKEN: "BROKEN",
    Status.SKIPPED: "skip",
}
_WIDTH = 88


def render_report(report: TestReport, *, verbose: bool = False) -> str:
    """Failures with their traces, and a summary; ``verbose`` lists every case."""
    parts = [case_text(result) for result in report.results if verbose or _speaks(result)]
    return "\n\n".join([*parts, _summary(report)])


def _speaks(result: CaseResult) -> bool:
    return result.status is not Status.PASSED


def case_text(result: CaseResult) -> str:
    """One case as it is printed."""
    return "\n".join(_case_lines(result))


def _case_lines(result: CaseResult) -> Iterator[str]:
    yield f"{_MARKS[result.status]} {result.case}"
    yield f"  --> {result.path}:{result.line}"
    if result.note:
        yield f"  {result.note}"
    width = max((len(item.field) for item in result.differences), default=0)
    for item in result.differences:
        yield f"  {item.field:<{width}}  expected: {item.expected}"
        yield f"  {'':<{width}}       came: {item.actual}"
    if result.trace is not None:
        yield from _trace(result.trace)


def _trace(trace: CaseTrace) -> Iterator[str]:
    yield "  how it came about"
    for degraded in trace.degradations:
        yield f"    source {degraded}"
    for stage in trace.stages:
        yield from _stage(stage)
    if trace.score:
        yield f"    score: {trace.score}"
    if trace.reasons:
        yield "    reasons"
        yield from (f"      {code}  from {source}" for code, source in trace.reasons)
    if trace.waterfall:
        yield "    how the line was built"
        name_width = max(len(name) for name, _ in trace.waterfall)
        amount_width = max(len(amount) for _, amount in trace.waterfall)
        for name, amount in trace.waterfall:
            yield f"      {name:<{name_width}}  {amount:>{amount_width}}"


def _stage(stage: StageStep) -> Iterator[str]:
    if stage.skipped_because:
        yield f"    {stage.stage}: skipped, {stage.skipped_because}"
        return
    yield f"    {stage.stage}: {stage.outcome or _without_outcome(stage)}"
    for rule in stage.rules:
        yield from _rule(rule)


def _without_outcome(stage: StageStep) -> str:
    if not stage.has_rules:
        return "done"
    spoken = any(rule.result != MISS for rule in stage.rules)
    return "no outcome" if spoken else "no rule spoke"


def _rule(rule: RuleStep) -> Iterator[str]:
    effect = " ".join(part for part in (rule.outcome, rule.reason) if part)
    told = {MISS: f"did not hit; would be {effect}" if effect else "did not hit"}
    said = told.get(rule.result, f"{rule.result}: {effect}" if effect else rule.result)
    yield f"      {rule.rule_id} {said}  ({rule.path}:{rule.line})"
    yield f"        when {_cut(rule.condition)}"
    for value in rule.values:
        yield f"          {value.path} = {value.value}"


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def _summary(report: TestReport) -> str:
    counts = [(report.count(status), status.value) for status in Status]
    told = ", ".join(f"{number} {name}" for number, name in counts if number or name == "passed")
    found = report.coverage
    lines = [f"{len(report.results)} cases: {told}"]
    if found.rules:
        lines.append(
            f"rules covered: {found.covered} of {len(found.rules)} ({found.percent:.0f} %)"
        )
    return "\n".join(lines)


def render_coverage(coverage: Coverage) -> str:
    """What no case tried, with its place."""
    return "\n".join(_coverage(coverage)) or "every rule, outcome, reason and boundary was tried"


def _coverage(coverage: Coverage) -> Iterator[str]:
    lacking = [rule for rule in coverage.rules if rule.lacks]
    if lacking:
        yield "rules that the cases did not try"
        yield from (_lack(rule) for rule in lacking)
    if coverage.boundaries:
        yield "boundaries on which no case stands"
        for item in coverage.boundaries:
            place = f"{item.path}:{item.line}"
            yield f"  {item.rule_id}: {item.comparison}  try {item.try_with}  ({place})"
    for what, names in (("outcomes", coverage.outcomes), ("reasons", coverage.reasons)):
        if names:
            yield f"{what} that no case saw: {', '.join(names)}"


def _lack(rule: RuleCoverage) -> str:
    counts = f"{rule.hits} hit, {rule.misses} miss, {rule.unknowns} unknown"
    return f"  {rule.path}:{rule.line}  {rule.rule_id}: never {', '.join(rule.lacks)} ({counts})"


def render_mutation(report: MutationReport) -> str:
    """The faults that no case noticed."""
    noticed = report.tried - len(report.survivors)
    lines = [f"{report.tried} small faults put into the rules: {noticed} noticed"]
    if report.cut:
        lines.append("there are more; these are the first")
    for item in report.survivors:
        lines.append(f"  {item.path}:{item.line}  {item.rule_id}: no case notices if")
        lines.append(f"    {_cut(item.was)}  becomes")
        lines.append(f"    {_cut(item.now)}")
    return "\n".join(lines)
