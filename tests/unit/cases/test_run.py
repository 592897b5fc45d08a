"""Cases run on the road of every decision; a report says what differs, and what was tried."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cases import CaseResult, Status, TestReport, load_suites, run_cases
from engine.cases.report_text import render_coverage, render_report
from engine.policy import Policy
from tests.unit.cases.shipped import suites

GOLDEN = Path(__file__).parents[2] / "golden" / "policy_tests"
UPDATE = os.environ.get("TOUCHSTONE_UPDATE_GOLDEN") == "1"

REPORTED = """\
suite: Reported
cases:
  - name: Passes
    expect: {outcome: approve}
  - name: A rule that was expected stays silent
    facts: {bureau.months_on_file: 7}
    expect: {outcome: refer, reasons: [THIN_FILE], rules: [THIN_FILE]}
  - name: An early decline
    facts: {applicant.age: 17}
    expect: {outcome: approve, line: {at_least: 20_000}, line_binding: income}
  - name: The graph is down
    sources: {graph: down}
    application: {guarantor: true}
    expect: {outcome: decline, degraded: [], unknown_rules: {without: [GUARANTOR_WITH_FRAUD]}}
  - name: A line that differs
    expect: {line: 30_000, score: 600, pd: {at_most: 0.1}, risk_band: B}
  - name: Not yet
    skip: waits for the new card
    expect: {outcome: approve}
"""


def run(policy: Policy, text: str, only: str = "") -> TestReport:
    """The report of one file."""
    return run_cases(policy, suites(policy, text), only)


def one(policy: Policy, case: str) -> CaseResult:
    """The result of one case: the lines under its name."""
    lines = "".join(f"    {line}\n" for line in case.strip().splitlines())
    return run(policy, f"suite: own\ncases:\n  - name: one\n{lines}").results[0]


def test_the_shipped_cases_pass_and_try_every_rule(policy: Policy) -> None:
    """Both sides of every boundary, every outcome and every reason that a rule gives."""
    report = run_cases(policy, load_suites(policy.bundle))
    assert [r for r in report.results if r.status is not Status.PASSED] == []
    assert len(report.results) > 100
    assert report.coverage.percent == 100
    assert report.coverage.boundaries == ()
    assert report.coverage.outcomes == ()
    assert report.coverage.reasons == ()
    assert [rule.rule_id for rule in report.coverage.rules if rule.lacks] == []


def test_the_printed_report(policy: Policy) -> None:
    """As agreed; TOUCHSTONE_UPDATE_GOLDEN=1 writes it anew."""
    report = run(policy, REPORTED)
    found = report.coverage
    # The part on coverage in full would be the whole policy.
    few = replace(found, rules=found.rules[:5], boundaries=found.boundaries[:3])
    actual = f"{render_report(report, verbose=True)}\n\n{render_coverage(few)}\n"
    path = GOLDEN / "report.txt"
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(actual, encoding="utf-8")
    assert actual == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "case",
    [
        "facts: {applicant.age: 17}\nexpect: {outcome: decline}",
        "application: {bureau: null}\nexpect: {rules: {contains: [NO_BUREAU_REPORT]}}",
        "application: {held_lines: null}\nexpect: {rules: [HELD_LINES_UNKNOWN]}",
        "application: {bureau: {months: 5}}\nexpect: {rules: [THIN_FILE]}",
        "application: {bureau: {months: [{months_past_due: 3}]}}\nexpect: {outcome: decline}",
        "application: {bureau: {inquiries_1m: 6}}\nexpect: {rules: [MANY_INQUIRIES]}",
        "application: {bureau: {monthly_obligations: 8_250}}\nexpect: {outcome: refer}",
        "application: {product: platinum}\nexpect: {rules: [PLATINUM_STRENGTH]}",
        "application: {evidence: [{kind: tax, amount: 1_000.50}]}\nexpect: {outcome: decline}",
        "application: {customer_segment: new_to_credit}\nexpect: {line: 10_000}",
        "on: 2024-02-29\nexpect: {outcome: approve, rules: []}",
    ],
)
def test_what_is_given_reaches_the_decision(policy: Policy, case: str) -> None:
    """Facts, and the parts of an application, through the code that decides."""
    assert one(policy, case).status is Status.PASSED
    assert one(policy, "expect: {outcome: approve, rules: []}").status is Status.PASSED


def test_unknown_base(policy: Policy) -> None:
    """What a case does not mention is unknown, and what it mentions is not."""
    silent = one(policy, "base: unknown\nexpect: {unknown_rules: {contains: [THIN_FILE]}}")
    told = one(
        policy,
        "base: unknown\n"
        "facts: {bureau.months_on_file: 9, bureau.months_reported: 9}\n"
        "expect: {unknown_rules: {without: [THIN_FILE]}, outcome: refer}",
    )
    assert silent.status is Status.PASSED
    assert told.status is Status.PASSED


def test_given_is_shared_and_a_case_wins(policy: Policy) -> None:
    """Path by path, field by field, expectation by expectation."""
    report = run(
        policy,
        """\
        suite: own
        given:
          facts: {applicant.age: 66, bureau.inquiries_1m: 6}
          application: {guarantor: true, channel: branch}
          expect: {outcome: refer, rules: [ABOVE_STANDARD_AGE, MANY_INQUIRIES]}
        cases:
          - name: all of it
          - name: another age
            facts: {applicant.age: 65}
            expect: {rules: [MANY_INQUIRIES]}
          - name: at a branch a hub is a terminal
            facts: {graph.device.hub: true}
          - table: ages
            columns: [applicant.age, bureau.inquiries_1m, expect.rules, expect.outcome]
            rows:
              - [65, _, [MANY_INQUIRIES], _]
              - [_, 5, [ABOVE_STANDARD_AGE], _]
              - [65, 5, [], approve]
        """,
    )
    assert [result.status for result in report.results] == [Status.PASSED] * 6


def test_only_and_filter_choose(policy: Policy) -> None:
    """What does not run is reported as skipped, or not at all."""
    text = """\
        suite: own
        cases:
          - {name: one, expect: {outcome: decline}}
          - {name: two, only: true, expect: {outcome: approve}}
        """
    found = [(result.case, result.status) for result in run(policy, text).results]
    assert found == [("one", Status.SKIPPED), ("two", Status.PASSED)]
    assert [result.case for result in run(policy, text, "ONE").results] == ["one"]
    assert run(policy, text, "own.yaml").results


def test_a_table_names_its_rows(policy: Policy) -> None:
    """By the column `name`, or by what is given."""
    report = run(
        policy,
        """\
        suite: own
        cases:
          - table: ages
            columns: [name, applicant.age, expect.outcome]
            rows: [[young, 17, decline], [_, 18, approve]]
        """,
    )
    assert [result.case for result in report.results] == ["ages: young", "ages: applicant.age 18"]
    assert [result.line for result in report.results] == [5, 5]


def test_a_case_runs_whatever_ran_before(policy: Policy) -> None:
    """The order of cases changes nothing."""
    loaded = load_suites(policy.bundle)
    forwards = run_cases(policy, loaded)
    backwards = run_cases(policy, tuple(reversed(loaded)))
    assert set(forwards.results) == set(backwards.results)
    assert forwards.coverage == backwards.coverage


def test_coverage_tells_what_was_not_tried(policy: Policy) -> None:
    """Rules by place, and the values that stand on the other side of a boundary."""
    report = run(
        policy,
        """\
        suite: own
        cases:
          - {name: a, facts: {applicant.age: 17}, expect: {outcome: decline}}
        """,
    )
    found = {rule.rule_id: rule for rule in report.coverage.rules}
    assert found["UNDER_AGE"].lacks == ("miss",)
    assert found["ABOVE_STANDARD_AGE"].lacks == ("hit",)
    assert found["THIN_FILE"].lacks == ("hit", "miss", "unknown")
    tried = [item.try_with for item in report.coverage.boundaries if item.rule_id == "UNDER_AGE"]
    assert tried == ["applicant.age: 18"]
    assert report.coverage.percent == 0
    assert report.coverage.outcomes == ("approve", "refer")
