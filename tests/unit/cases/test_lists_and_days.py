"""Cases about the policy's own lists, and about the days on which rules are in force."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cases import Status, mutate, run_cases
from engine.policy import Policy, load_policy
from tests.unit.cases.shipped import suites
from tests.unit.rules.bundles import SHIPPED

_LIST = """\
list: sanctioned
kind: block
matches: session.country
entries:
  - KP
"""
_RULES = """\
  - id: SANCTIONED
    when: lists.sanctioned
    then: {outcome: decline, reason: VERIFY_IDENTITY}
  - id: SUMMER
    when: applicant.age > 60
    from: 2026-07-01
    until: 2026-08-31
    then: {outcome: refer, reason: AGE_REVIEW}
"""


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Policy]:
    """The shipped policy with a list, and a rule for the summer."""
    root: Path = tmp_path_factory.mktemp("listed") / "policy"
    shutil.copytree(SHIPPED, root)
    (root / "lists").mkdir(exist_ok=True)
    (root / "lists" / "sanctioned.yaml").write_text(_LIST, encoding="utf-8")
    with (root / "eligibility.yaml").open("a", encoding="utf-8") as file:
        file.write(_RULES)
    policy = load_policy(root)
    yield policy
    policy.rules.close()


def test_a_list_is_read_or_supposed(listed: Policy) -> None:
    """By what the applicant has, or whatever the applicant has."""
    report = run_cases(
        listed,
        suites(
            listed,
            """\
            suite: lists
            cases:
              - table: sanctions
                columns: [session.country, lists.sanctioned, expect.rules, expect.unknown_rules]
                rows:
                  - [CN, _, [], []]
                  - [KP, _, [SANCTIONED], []]
                  - [CN, true, [SANCTIONED], []]
                  - [KP, false, [], []]
                  - [CN, null, [], [SANCTIONED]]
                  - [null, _, [], [SANCTIONED, COUNTRY_WATCHED]]
            """,
        ),
    )
    assert [result.status for result in report.results] == [Status.PASSED] * 6


def test_days_have_boundaries(listed: Policy) -> None:
    """The first day and the last one, and the days beside them."""
    read = suites(
        listed,
        """\
        suite: days
        given: {facts: {applicant.age: 61}}
        cases:
          - table: summer
            columns: [on, expect.rules]
            rows:
              - [2026-06-30, []]
              - [2026-07-01, [SUMMER]]
              - [2026-08-31, [SUMMER]]
        """,
    )
    report = run_cases(listed, read)
    assert report.succeeded
    found = [item for item in report.coverage.boundaries if item.rule_id == "SUMMER"]
    assert [item.try_with for item in found] == ["on: 2026-09-01", "applicant.age: 60"]
    survivors = [item.now for item in mutate(listed, read).survivors if item.rule_id == "SUMMER"]
    assert 'application.date > "2026-07-01"' not in survivors
    assert 'application.date < "2026-08-31"' not in survivors
    assert 'application.date >= "2026-07-01" && applicant.age > 60' in survivors
