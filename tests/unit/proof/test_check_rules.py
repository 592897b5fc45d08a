"""What ``policy check`` proves about rules and tables, and how it is told."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli import main
from engine.lines import Product, load_products
from engine.policy import load_policy
from engine.proof import check_rules
from engine.proof.checks import all_findings
from engine.proof.model import PolicyModel
from engine.rules import Code, Diagnostic, Severity, load_bundle
from tests.unit.rules.bundles import SHIPPED, eligibility, write_bundle
from tests.unit.rules.tables import table


def _checked(root: Path, files: dict[str, str | bytes]) -> list[Diagnostic]:
    return list(check_rules(load_bundle(write_bundle(root, files)), {}))


def _rule(rule_id: str, when: str, then: str = "outcome: refer, reason: VERIFY_IDENTITY") -> str:
    return f"- id: {rule_id}\n  when: {when!r}\n  then: {{{then}}}"


_GRAPH_FIRST = """\
strategy: small
currency: CNY
sources:
  graph: {timeout_ms: 150, on_failure: refer}
stages:
  - {stage: score, scorecard: card}
  - {stage: eligibility, sources: [graph], rulesets: [eligibility]}
  - {stage: fraud, rulesets: [fraud]}
  - {stage: approval, rulesets: [approval]}
  - {stage: line}
"""
_DECLINE = "outcome: decline, reason: AGE_BELOW_MINIMUM"


@pytest.mark.parametrize(
    "when",
    [
        "applicant.age > 200",
        "applicant.age < 18 && applicant.age > 21",
        "has(bureau.score) && !bureau.present",
        "bureau.current_delay > bureau.worst_delay_6m",
        'applicant.occupation == "nurse" && applicant.occupation < "m"',
        'application.branch.startsWith("sh") && application.branch > "z"',
        "graph.device.fraud > graph.device.applicants",
        "bureau.inquiries_1m / 0 > 1",
        'evidence.verified_kinds.exists(k, k == "lottery")',
        '"tax" in evidence.verified_kinds && size(evidence.verified_kinds) == 0',
        "graph.device.fraud >= 1 && !has(graph.phone.fraud)",
        "evidence.debt_to_income > 0.5 && bureau.monthly_obligations_minor == 0",
        "session.emulator && session.emulator == false",
        '{"a": 1, "b": 2}[application.branch] > 2',
    ],
)
def test_a_rule_that_nothing_meets(tmp_path: Path, when: str) -> None:
    """Logic, ranges, and what holds of every application."""
    files = eligibility(_rule("DEAD", when)) | {"strategy.yaml": _GRAPH_FIRST}
    found = _checked(tmp_path, files)
    assert [(item.code, item.severity) for item in found] == [(Code.NEVER_FIRES, Severity.WARNING)]
    assert "rule `DEAD` can never fire" in found[0].message
    assert (found[0].span.path, found[0].span.line) == ("eligibility.yaml", 3)


@pytest.mark.parametrize(
    "when",
    [
        "applicant.age < 18 || applicant.age > 65",
        "bureau.score / bureau.card_count > 300",
        "bureau.utilisation * 2.0 > score.pd + 1.0",
        "graph.neighbours.filter(n, n.fraud && n.kinds.size() >= 2).size() >= 2",
        'graph.neighbours.exists_one(n, n.days < 7 && "device" in n.kinds)',
        'application.branch.contains("9")',
        "application.branch != application.partner",
        "evidence.debt_to_income >= 0.7",
        "int(bureau.utilisation) == 3",
        "-7 % 3 == -1 && applicant.age == 40",
        "double(bureau.inquiries_3m) > 2.5",
    ],
)
def test_a_rule_that_something_meets_is_left_alone(tmp_path: Path, when: str) -> None:
    """Also where only a run can tell: the application was run, and the rule hit."""
    files = eligibility(_rule("ALIVE", when)) | {"strategy.yaml": _GRAPH_FIRST}
    found = _checked(tmp_path, files)
    assert [item for item in found if "ALIVE" in item.message] == []


def test_what_cannot_be_proved_is_said(tmp_path: Path) -> None:
    """A product of two fields that is never negative: arithmetic says so, the solver may not."""
    when = 'application.branch.contains("ab") && !application.branch.contains("a")'
    found = _checked(tmp_path, eligibility(_rule("HARD", when)))
    assert [item.code for item in found] == [Code.UNPROVED]
    assert "rule `HARD`: whether it can ever fire is not proved" in found[0].message


def test_always_true(tmp_path: Path) -> None:
    """Unless it is written as such."""
    rules = (
        _rule("EVERYBODY", "applicant.age >= 18 || applicant.age < 21"),
        _rule("MEANT", "true"),
    )
    found = _checked(tmp_path, eligibility(*rules))
    assert [(i.code, i.message.split("`")[1]) for i in found] == [(Code.ALWAYS_FIRES, "EVERYBODY")]


def test_a_rule_of_a_later_stage_is_shadowed(tmp_path: Path) -> None:
    """By the decline of an earlier one, which is named."""
    fraud = "ruleset: fraud\nrules:\n  - id: YOUNG\n    when: applicant.age < 16\n"
    fraud += "    then: {outcome: refer, reason: VERIFY_IDENTITY}\n"
    found = _checked(tmp_path, {"fraud.yaml": fraud})
    assert [item.code for item in found] == [Code.SHADOWED]
    assert "rule `YOUNG` has no effect: rule `UNDER_AGE` declines every" in found[0].message


def test_a_rule_is_shadowed_by_several_together(tmp_path: Path) -> None:
    """Neither alone covers it."""
    rules = (
        _rule("YOUNG", "applicant.age < 40", _DECLINE),
        _rule("OLD", "applicant.age > 38", _DECLINE),
        _rule("NURSES", 'applicant.occupation == "nurse"'),
    )
    found = [i for i in _checked(tmp_path, eligibility(*rules)) if "NURSES" in i.message]
    assert [item.code for item in found] == [Code.SHADOWED]
    assert "rule `YOUNG`, rule `OLD` decline every" in found[0].message


def test_of_two_rules_that_say_the_same_the_later_is_one_too_many(tmp_path: Path) -> None:
    """A decline with a reason of its own is none."""
    rules = (
        _rule("FIRST", "applicant.age < 18", _DECLINE),
        _rule("AGAIN", "applicant.age <= 17", _DECLINE),
        _rule("OTHER_REASON", "applicant.age < 16", "outcome: decline, reason: VERIFY_IDENTITY"),
    )
    found = _checked(tmp_path, eligibility(*rules))
    assert [(i.code, i.message.split("`")[1]) for i in found] == [(Code.SHADOWED, "AGAIN")]


def test_contradiction_with_an_application(tmp_path: Path) -> None:
    """At one priority; at different ones the author has said which is meant to be looked at."""
    rules = (
        _rule("STAFF", 'application.customer_segment == "staff"', "outcome: approve"),
        _rule("THIN", "bureau.months_on_file < 6"),
    )
    found = _checked(tmp_path, eligibility(*rules))
    assert [item.code for item in found] == [Code.CONTRADICTION]
    assert "rule `STAFF` approves what rule `THIN` of the same priority refers" in found[0].message
    assert 'application.customer_segment = "staff"' in found[0].hint
    assert "bureau.months_on_file = " in found[0].hint
    apart = eligibility(rules[0], rules[1] + "\n  priority: 7")
    assert _checked(tmp_path, apart) == []


def test_rows_that_overlap(tmp_path: Path) -> None:
    """An error: the table would fail where both fit."""
    rows = (
        '["[18..40]", -, approve, ""]',
        '["[40..60]", -, refer, VERIFY_IDENTITY]',
    )
    files = table(*rows, hit="unique", more="otherwise: {outcome: refer, reason: AGE_REVIEW}\n")
    found = _checked(tmp_path, files)
    assert [(item.code, item.severity) for item in found] == [(Code.ROWS_OVERLAP, Severity.ERROR)]
    assert "rows 1 and 2 of table `approval` both fit" in found[0].message
    assert found[0].hint == "for example: applicant.age = 40"


def test_a_gap(tmp_path: Path) -> None:
    """With an application that no row covers; unknown values are covered by their fallback."""
    rows = ('["< 40", -, approve, ""]', '["> 40", -, refer, VERIFY_IDENTITY]')
    found = _checked(tmp_path, table(*rows))
    assert [item.code for item in found] == [Code.TABLE_GAP]
    assert found[0].hint.startswith("for example: applicant.age = 40;")


def test_a_row_that_is_never_reached(tmp_path: Path) -> None:
    """Because the rows before it take everything that it fits."""
    rows = (
        '["< 30", -, approve, ""]',
        '[">= 30", -, refer, VERIFY_IDENTITY]',
        '["[20..40]", "> 600", decline, VERIFY_IDENTITY]',
        '["> 300", -, decline, VERIFY_IDENTITY]',
    )
    found = _checked(tmp_path, table(*rows))
    assert [item.code for item in found] == [Code.ROW_TAKEN, Code.NEVER_FIRES]
    assert "row 3 of table `approval` is never reached: row 1, row 2 before it" in found[0].message
    assert "row 4 of table `approval` can never fire" in found[1].message


def _products() -> dict[str, Product]:
    bundle = load_bundle(SHIPPED)
    return dict(load_products(bundle.products, bundle.strategy.currency))


def test_the_shipped_policy_has_no_findings() -> None:
    """Every rule can fire and matters, with nothing left unproved."""
    policy = load_policy(SHIPPED)
    try:
        assert check_rules(policy.bundle, policy.products) == ()
    finally:
        policy.rules.close()


def test_the_same_policy_gives_the_same_findings(tmp_path: Path) -> None:
    """Word for word: the budget counts work, not time."""
    rows = ('["< 40", -, approve, ""]', '["> 40", -, refer, VERIFY_IDENTITY]')
    bundle = load_bundle(write_bundle(tmp_path, table(*rows)))
    assert check_rules(bundle, _products()) == check_rules(bundle, _products())


def test_the_solver_is_loaded_only_for_proofs() -> None:
    """The server and the command line start without it."""
    code = "import sys, engine.cli.main, engine.proof, engine.policy; sys.exit('z3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_check_can_do_without_proofs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And with them an overlap fails the check."""
    rows = ('["[18..40]", -, approve, ""]', '["[40..60]", -, refer, VERIFY_IDENTITY]')
    text = table(*rows, hit="unique")["approval.yaml"]
    policy = tmp_path / "policy"
    # Cases of the shipped policy name rules that this table replaces.
    shutil.copytree(SHIPPED, policy, ignore=shutil.ignore_patterns("tests"))
    (policy / "approval.yaml").write_text(str(text), encoding="utf-8")
    assert main(["policy", "check", "--no-proofs", str(policy)]) == 0
    assert "TS18" not in capsys.readouterr().out
    assert main(["policy", "check", str(policy)]) == 1
    assert "error[TS1806]" in capsys.readouterr().err


def test_what_the_budget_does_not_reach_is_said(tmp_path: Path) -> None:
    """Never passed in silence."""
    rules = (_rule("OLD", "applicant.age > 90"), _rule("DEAD", "applicant.age > 200"))
    bundle = load_bundle(write_bundle(tmp_path, eligibility(*rules)))
    found = all_findings(PolicyModel(bundle, {}, total=0))
    said = {item.message.split("`")[1] for item in found if item.code is Code.UNPROVED}
    assert {"OLD", "DEAD"} <= said
    assert {item.code for item in found} == {Code.UNPROVED}
