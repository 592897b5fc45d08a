"""The policy's own tests: cases beside the rulesets, run on the road of every decision."""

from engine.cases.compare import Difference, differences
from engine.cases.coverage import Coverage, RuleCoverage
from engine.cases.model import Between, Case, Expectation, Members, Suite
from engine.cases.mutate import MutationReport, Survivor, mutate
from engine.cases.read_suite import check, is_suite, load_suites, read_suites
from engine.cases.run import CaseResult, Runner, Status, TestReport, run_cases

__all__ = [
    "Between",
    "Case",
    "CaseResult",
    "Coverage",
    "Difference",
    "Expectation",
    "Members",
    "MutationReport",
    "RuleCoverage",
    "Runner",
    "Status",
    "Suite",
    "Survivor",
    "TestReport",
    "check",
    "differences",
    "is_suite",
    "load_suites",
    "mutate",
    "read_suites",
    "run_cases",
]
