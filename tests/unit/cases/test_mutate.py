"""Faults put into rules: what is tried, and that a case which notices is counted as one."""

from __future__ import annotations

import pytest

from engine.cases import load_suites, mutate
from engine.cases.known import rules_of
from engine.cases.mutants import mutants_of
from engine.policy import Policy
from engine.rules import Rule
from engine.rules.unparse import unparse
from tests.unit.cases.shipped import suites


def rule(policy: Policy, name: str) -> Rule:
    """A rule of the shipped policy."""
    return next(rule for rule in rules_of(policy.bundle) if rule.id == name)


@pytest.mark.parametrize(
    "name, texts",
    [
        ("UNDER_AGE", ["applicant.age <= 18", "applicant.age < 17"]),
        ("ABOVE_STANDARD_AGE", ["applicant.age >= 65", "applicant.age > 66"]),
        ("PD_ABOVE_CUT_OFF", ["score.pd > 0.4"]),
        (
            "THIN_FILE",
            [
                "bureau.months_reported < 6",
                "bureau.months_on_file < 6",
                "bureau.months_on_file <= 6 || bureau.months_reported < 6",
                "bureau.months_on_file < 5 || bureau.months_reported < 6",
                "bureau.months_on_file < 6 || bureau.months_reported <= 6",
                "bureau.months_on_file < 6 || bureau.months_reported < 5",
            ],
        ),
        ("NO_BUREAU_REPORT", ["bureau.present"]),
    ],
)
def test_the_faults_of_a_rule(policy: Policy, name: str, texts: list[str]) -> None:
    """Flipped comparisons, limits moved by one, parts left out, each once."""
    mutants = mutants_of(rule(policy, name))
    assert [unparse(mutant.rule.when.tree, strict=False) for mutant in mutants] == texts


def test_the_shipped_cases_notice_every_fault(policy: Policy) -> None:
    """So a reviewer of the shipped rules need not count."""
    report = mutate(policy, load_suites(policy.bundle))
    assert report.survivors == ()
    assert report.tried > 100
    assert not report.cut


def test_a_fault_that_no_case_notices_survives(policy: Policy) -> None:
    """Until a case stands on the boundary."""

    def survivors(*ages: int) -> list[str]:
        rows = ", ".join(f"[{age}, {'decline' if age < 18 else 'approve'}]" for age in ages)
        columns = "columns: [applicant.age, expect.outcome]"
        read = suites(policy, f"suite: own\ncases:\n  - {{table: a, {columns}, rows: [{rows}]}}\n")
        found = mutate(policy, read).survivors
        return [item.now for item in found if item.rule_id == "UNDER_AGE"]

    assert survivors(10, 30) == ["applicant.age <= 18", "applicant.age < 17"]
    assert survivors(10, 18) == ["applicant.age < 17"]
    assert survivors(17, 18) == []


def test_a_failing_case_notices_nothing(policy: Policy) -> None:
    """A case that fails anyway is no witness."""
    read = suites(
        policy,
        """\
        suite: own
        cases:
          - {name: wrong, facts: {applicant.age: 17}, expect: {outcome: approve}}
          - {name: wrong too, facts: {applicant.age: 18}, expect: {outcome: decline}}
        """,
    )
    report = mutate(policy, read)
    assert len(report.survivors) == report.tried
