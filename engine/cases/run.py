"""Runs the cases of a policy: pure, and on the road of every decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.cases.compare import Difference, differences
from engine.cases.coverage import Coverage, coverage
from engine.cases.model import Case, Suite
from engine.cases.record_rules import Recorder, Seen
from engine.cases.standard import STANDARD_PRODUCT, admission, gathered
from engine.cases.trace import CaseTrace, trace
from engine.errors import TouchstoneError
from engine.evaluate import evaluate
from engine.outcome import Decision
from engine.policy import Policy
from engine.rules import vocabulary
from engine.suppose import Value


class Status(StrEnum):
    """What became of a case. ``BROKEN``: it could not be decided at all."""

    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case. ``note``: why it was skipped, or could not be decided.

    ``trace``: how the decision came about; only of cases that failed. ``path``, ``line``: where
    the case stands.
    """

    suite: str
    case: str
    path: str
    line: int
    status: Status
    note: str
    differences: tuple[Difference, ...]
    trace: CaseTrace | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestReport:
    """What the cases of a policy came to."""

    __test__ = False

    policy: str
    digest: str
    results: tuple[CaseResult, ...]
    coverage: Coverage

    def count(self, status: Status) -> int:
        """How many cases ended so."""
        return sum(result.status is status for result in self.results)

    @property
    def succeeded(self) -> bool:
        """Whether no case failed or broke."""
        return not (self.count(Status.FAILED) or self.count(Status.BROKEN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One case that was decided, with what its rules saw."""

    case: Case
    decision: Decision
    seen: tuple[Seen, ...]


def run_cases(policy: Policy, suites: Iterable[Suite], only: str = "") -> TestReport:
    """Run the cases whose suite or name contains ``only``; all if it is empty."""
    runner = Runner(policy)
    results: list[CaseResult] = []
    runs: list[Run] = []
    chosen = [
        (suite, case) for suite in suites for case in suite.cases if _named(suite, case, only)
    ]
    alone = any(case.only for _, case in chosen)
    for suite, case in chosen:
        if case.skip or (alone and not case.only):
            note = case.skip or "another case says `only`"
            results.append(_result(suite, case, Status.SKIPPED, note=note))
            continue
        try:
            run = runner.run(case)
        except (TouchstoneError, ValueError) as error:
            results.append(_result(suite, case, Status.BROKEN, note=str(error)))
            continue
        runs.append(run)
        results.append(_compared(policy, suite, run))
    return TestReport(
        policy=policy.bundle.name,
        digest=policy.digest,
        results=tuple(results),
        coverage=coverage(policy.bundle, [(run.decision, run.seen) for run in runs]),
    )


def _named(suite: Suite, case: Case, part: str) -> bool:
    return part.lower() in f"{suite.path}: {suite.name}: {case.name}".lower()


def _compared(policy: Policy, suite: Suite, run: Run) -> CaseResult:
    found = differences(run.case.expect, run.decision)
    if not found:
        return _result(suite, run.case, Status.PASSED)
    road = trace(policy.bundle, run.decision, run.seen, run.case.expect)
    return replace(_result(suite, run.case, Status.FAILED), differences=found, trace=road)


def _result(suite: Suite, case: Case, status: Status, note: str = "") -> CaseResult:
    return CaseResult(
        suite=suite.name,
        case=case.name,
        path=case.span.path,
        line=case.span.line,
        status=status,
        note=note,
        differences=(),
        trace=None,
    )


class Runner:
    """Decides cases under one policy. Used by the thread that built the policy."""

    def __init__(self, policy: Policy) -> None:
        self._recorder = Recorder(policy.rules)
        self._policy = replace(policy, rules=self._recorder)

    def run(self, case: Case) -> Run:
        """Decide one case. Raises what ``evaluate`` raises."""
        self._recorder.taken()
        asked = admission(case, self._policy.bundle.strategy, self._usual_product())
        decision = evaluate(self._policy, asked, gathered(case, asked), _supposed(case))
        if not isinstance(decision, Decision):
            raise TypeError("every source of a case has a status")
        return Run(case=case, decision=decision, seen=self._recorder.taken())

    def _usual_product(self) -> str:
        products = self._policy.products
        return STANDARD_PRODUCT if STANDARD_PRODUCT in products else next(iter(products))


def _supposed(case: Case) -> dict[str, Value | None]:
    unknown: dict[str, Value | None] = {}
    if case.base_unknown:
        fields = vocabulary.fields().values()
        unknown = {field.path: None for field in fields if field.known_by == field.path}
    return unknown | dict(case.facts)
