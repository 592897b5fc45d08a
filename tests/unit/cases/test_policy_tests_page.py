"""The examples of docs/policy_tests.md are in order and pass."""

from __future__ import annotations

import re
from pathlib import Path

from engine.cases import Status, read_suites, run_cases
from engine.cases.read_application import FIELDS as APPLICATION
from engine.cases.read_expect import FIELDS as EXPECT
from engine.policy import Policy
from engine.rules.diagnostics import Diagnostics

_PAGE = (Path(__file__).parents[3] / "docs" / "policy_tests.md").read_text(encoding="utf-8")


def test_the_examples_pass(policy: Policy) -> None:
    """Against the shipped policy."""
    blocks = re.findall(r"```yaml\n# (tests/\w+\.yaml)\n(.*?)```", _PAGE, flags=re.DOTALL)
    found = Diagnostics()
    contents = {name: text.encode() for name, text in blocks}
    suites = read_suites(policy.bundle, contents, found)
    found.refuse_if_errors()
    report = run_cases(policy, suites)
    assert len(report.results) == 6
    assert {result.status for result in report.results} == {Status.PASSED}


def test_every_key_is_described() -> None:
    """What an application may hold, and what may be expected."""
    missing = [name for name in (*APPLICATION, *EXPECT) if f"`{name}`" not in _PAGE]
    assert missing == []
