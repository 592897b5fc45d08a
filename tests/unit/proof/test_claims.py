"""``proofs.yaml``: how it is read, and what the claims of the shipped policy come to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine import proof
from engine.cli import main
from engine.errors import PolicyError
from engine.evaluate import evaluate
from engine.outcome import Decision, Outcome
from engine.policy import Policy, load_policy
from engine.proof import ProofResult, Verdict, prove
from engine.rules import load_bundle
from tests.applications import admission, application, gathered
from tests.unit.rules.bundles import SHIPPED, write_bundle


def _write(root: Path, *claims: str) -> None:
    """The shipped policy with these claims."""
    shutil.copytree(SHIPPED, root / "policy")
    body = "".join(f"  - {{id: CLAIM_{n}, {claim}}}\n" for n, claim in enumerate(claims))
    (root / "policy" / "proofs.yaml").write_text(f"prove:\n{body}", encoding="utf-8")


def _policy(root: Path, *claims: str, **changes: tuple[str, str]) -> Policy:
    """The shipped policy with these claims, and texts of its files replaced."""
    _write(root, *claims)
    for name, (before, after) in changes.items():
        path = root / "policy" / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    return load_policy(root / "policy", checks=(proof.check,))


def _proved(policy: Policy) -> tuple[ProofResult, ...]:
    try:
        return prove(policy)
    finally:
        policy.rules.close()


def test_the_shipped_claims_are_proved() -> None:
    """All of them, for every application."""
    results = _proved(load_policy(SHIPPED))
    assert len(results) >= 6
    assert {result.verdict for result in results} == {Verdict.PROVED}
    assert all(result.holds for result in results)


def test_a_minor_gets_through_without_the_rule(tmp_path: Path) -> None:
    """The counter-example is an application that the engine really approves."""
    policy = _policy(
        tmp_path,
        'never: approve, when: "applicant.age < 18"',
        eligibility=("applicant.age < 18", "applicant.age < 17"),
    )
    (result,) = prove(policy)
    assert (result.verdict, result.holds) == (Verdict.REFUTED, False)
    (example,) = result.examples
    assert example.outcome is Outcome.APPROVE
    assert "applicant.age = 17" in example.shown
    decided = evaluate(policy, admission(application()), gathered(), example.facts)
    assert isinstance(decided, Decision)
    assert decided.outcome is Outcome.APPROVE
    policy.rules.close()


def test_a_counter_example_shows_what_matters(tmp_path: Path) -> None:
    """Not the hundred facts that are as everybody's."""
    policy = _policy(
        tmp_path, 'never: approve, when: "applicant.age == 66"', eligibility=("> 65", "> 66")
    )
    (result,) = _proved(policy)
    assert result.examples[0].shown == 'application.product = "classic", applicant.age = 66'


def test_line_bounds(tmp_path: Path) -> None:
    """To the step: the gold card's maximum is 150,000."""
    policy = _policy(
        tmp_path,
        'line_at_most_minor: 15_000_000, when: application.product == "gold"',
        'line_at_most_minor: 14_999_999, when: application.product == "gold"',
        "line_at_most_minor: 2_000_000, when: session.rooted",
        "line_at_most_minor: 3_000_000, "
        "when: applicant.age >= 60 && application.product == 'classic'",
        "line_at_most_minor: 1_000_000, when: application.customer_segment == 'new_to_credit'",
    )
    results = _proved(policy)
    assert [r.verdict.value for r in results] == [
        "proved",
        "refuted",
        "proved",
        "proved",
        "refuted",
    ]
    assert results[1].examples[0].line_minor == 15_000_000
    assert results[4].examples[0].line_minor > 1_000_000


def test_two_applications(tmp_path: Path) -> None:
    """Raising a field, all else equal: the two decisions are shown."""
    policy = _policy(
        tmp_path,
        "raising: bureau.monthly_obligations_minor, never_raises: line",
        "raising: lines.elsewhere_minor, never_raises: line",
        "raising: applicant.age, never_worsens: outcome",
        "raising: applicant.age, never_lowers: line, when: applicant.age < 60",
        "raising: evidence.verified_assets_minor, never_worsens: outcome",
        "raising: evidence.verified_income_minor, never_worsens: outcome",
    )
    results = _proved(policy)
    expected = ["proved", "proved", "refuted", "proved", "proved", "refuted"]
    assert [result.verdict.value for result in results] == expected
    lower, higher = results[2].examples
    assert (lower.outcome, higher.outcome) == (Outcome.APPROVE, Outcome.REFER)
    assert "applicant.age = " in higher.shown
    # No verified income is referred; a verified income that is too low is declined.
    lower, higher = results[5].examples
    assert higher.outcome is Outcome.DECLINE


def test_sources_that_fail_are_part_of_the_proof(tmp_path: Path) -> None:
    """A fallback that goes on without the graph approves blind to fraud."""
    claim = "never: approve, when: graph.available == null"
    policy = _policy(
        tmp_path,
        claim,
        strategy=(
            "graph: {timeout_ms: 300, on_failure: refer}",
            "graph: {timeout_ms: 300, on_failure: continue}",
        ),
    )
    assert _proved(policy)[0].verdict is Verdict.PROVED  # the rules are unknown then, and refer
    shutil.rmtree(tmp_path / "policy")
    policy = _policy(
        tmp_path,
        claim,
        strategy=(
            "graph: {timeout_ms: 300, on_failure: refer}",
            "graph: {timeout_ms: 300, on_failure: continue}",
        ),
        fraud=("ruleset: fraud\n", "ruleset: fraud\non_unknown: ignore\n"),
        fraud_score=(
            "ruleset: fraud_score\n",
            "ruleset: fraud_score\non_unknown: ignore\n",
        ),
        # Without a ceiling over the circle the line does not need the graph's answer either.
        products=("    group_exposure: ", "    # group_exposure: "),
    )
    (result,) = _proved(policy)
    assert result.verdict is Verdict.REFUTED
    assert "graph.available unknown" in result.examples[0].shown


def test_what_is_outside_the_fragment_is_unproved(tmp_path: Path) -> None:
    """And fails, unless the claim says that a warning is enough."""
    when = "when: application.branch.contains('ab') && !application.branch.contains('a')"
    policy = _policy(tmp_path, f"never: approve, {when}", f"never: approve, {when}, unproved: warn")
    strict, lenient = _proved(policy)
    assert {strict.verdict, lenient.verdict} == {Verdict.UNPROVED}
    assert (strict.holds, lenient.holds) == (False, True)
    assert "product classic" in strict.why


@pytest.mark.parametrize(
    "claim, told",
    [
        ("never: approve, always: refer", "TS1811"),
        ("when: applicant.age < 18", "TS1811"),
        ("never: aprove", "TS1103"),
        ("line_at_most_minor: lots", "TS1103"),
        ("never_lowers: line", "TS1811"),
        ("raising: applicant.is_student, never_lowers: line", "TS1811"),
        ("raising: applicant.agee, never_lowers: line", "did you mean `applicant.age`?"),
        ("raising: applicant.age, never_lowers: outcome", "is about the line"),
        ("raising: applicant.age, never: approve", "TS1811"),
        ("never: approve, when: applicant.agee < 3", "TS1202"),
        ("never: approve, when: signals.device_burst", "TS1402"),
        ("never: approve, unproved: perhaps", "TS1103"),
        ("never: approve, whenn: applicant.age < 3", "TS1101"),
    ],
)
def test_a_claim_that_is_wrong_is_told_with_its_place(
    tmp_path: Path, claim: str, told: str
) -> None:
    """When the policy is checked, with everything else that is wrong."""
    files: dict[str, str | bytes] = {"proofs.yaml": f"prove:\n  - {{id: CLAIM, {claim}}}\n"}
    with pytest.raises(PolicyError) as caught:
        load_bundle(write_bundle(tmp_path, files), checks=(proof.check,))
    assert told in str(caught.value)
    assert "--> proofs.yaml:2:" in str(caught.value)


_NAMES = {
    "lists/held.yaml": "list: held\nkind: block\nmatches: session.country\nentries: [KP]\n",
    "parameters.yaml": "  least_age: {type: int, default: 18, products: {gold: 21}}\n",
    "expressions.yaml": "  too_young: applicant.age < params.least_age\n",
}
_HELD = """ruleset: eligibility
rules:
  - id: HELD
    when: lists.held
    on_unknown: ignore
    then: {outcome: decline, reason: VERIFY_IDENTITY}
"""


def test_lists_parameters_and_named_expressions(tmp_path: Path) -> None:
    """In conditions and claims; a list is unknown exactly if what it is matched with is."""
    claims = (
        "never: approve, when: lists.held",
        "never: approve, when: lists.held == null",
        "never: approve, when: named.too_young",
        "always: decline, when: lists.held && session.country == null",
    )
    _write(tmp_path, *claims)
    for name, text in _NAMES.items():
        path = tmp_path / "policy" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    path = tmp_path / "policy" / "eligibility.yaml"
    text = path.read_text(encoding="utf-8").replace("applicant.age < 18", "named.too_young")
    path.write_text(_HELD + text[text.index("  - id: UNDER_AGE") :], encoding="utf-8")
    results = _proved(load_policy(tmp_path / "policy", checks=(proof.check,)))
    expected = ["proved", "refuted", "proved", "proved"]
    assert [result.verdict.value for result in results] == expected
    assert "lists.held unknown" in results[1].examples[0].shown


@pytest.mark.parametrize("points, verdict", [(20, Verdict.PROVED), (-20, Verdict.UNPROVED)])
def test_points_that_rules_add(tmp_path: Path, points: int, verdict: Verdict) -> None:
    """More points never raise the PD; how far fewer of them do is the scorecard's affair."""
    _write(tmp_path, "raising: evidence.verified_income_minor, never_lowers: line")
    path = tmp_path / "policy" / "eligibility.yaml"
    rule = "  - id: EARNS_WELL\n    when: evidence.verified_income_minor > 2000000\n"
    rule += f"    then: {{adjust_points: {points}}}\n"
    path.write_text(path.read_text(encoding="utf-8") + rule, encoding="utf-8")
    (result,) = _proved(load_policy(tmp_path / "policy", checks=(proof.check,)))
    assert result.verdict is verdict


def test_snoozed_customers_are_left_aside_and_it_is_said(tmp_path: Path) -> None:
    """An exception that somebody made by name is no part of the claim."""
    _write(tmp_path, 'always: decline, when: "applicant.age < 18"')
    person = "id_number:" + "0a" * 32
    snooze = f"{{rule: UNDER_AGE, customer: '{person}', until: 2026-12-31, reason: r, by: ann}}"
    (tmp_path / "policy" / "snoozes.yaml").write_text(f"snoozes:\n  - {snooze}\n", encoding="utf-8")
    (result,) = _proved(load_policy(tmp_path / "policy", checks=(proof.check,)))
    assert result.verdict is Verdict.PROVED
    assert result.note == "not for 1 customer for whom somebody snoozed UNDER_AGE"


def test_claims_have_one_name_each(tmp_path: Path) -> None:
    """Results are told by it."""
    claim = "  - {id: A, never: approve}\n"
    with pytest.raises(PolicyError, match="TS1301"):
        load_bundle(
            write_bundle(tmp_path, {"proofs.yaml": f"prove:\n{claim}{claim}"}),
            checks=(proof.check,),
        )


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code and print of claims that hold, that do not, and of none."""
    assert main(["policy", "prove", str(SHIPPED)]) == 0
    assert "claims proved; policy " in capsys.readouterr().out
    policy = _policy(tmp_path, "never: refer")
    policy.rules.close()
    assert main(["policy", "prove", str(tmp_path / "policy")]) == 1
    said = capsys.readouterr().out
    assert "refuted   CLAIM_0: never refer" in said
    assert "-> refer" in said
    (tmp_path / "policy" / "proofs.yaml").unlink()
    assert main(["policy", "prove", str(tmp_path / "policy")]) == 2
