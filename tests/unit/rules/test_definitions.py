"""Named expressions, parameters and effective dates mean what they would mean written out."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import PolicyError
from engine.outcome import RuleResult
from engine.rules import DurableRuleEngine, ReferenceRuleEngine, Signals, load_bundle
from engine.rules.model import Rule
from tests.unit.rules.bundles import eligibility, write_bundle
from touchstone.v1 import facts_pb2

PRODUCTS = "products: {gold: {}, classic: {}}\n"


def rules(tmp_path: Path, when: str, files: dict[str, str | bytes]) -> tuple[Rule, ...]:
    """The rules of a bundle whose eligibility rule has this condition."""
    text = f"- id: ASKED\n  when: {when}\n  then: {{outcome: refer, reason: AGE_REVIEW}}\n"
    bundle = load_bundle(write_bundle(tmp_path, {**eligibility(text), **files}))
    return bundle.rulesets["eligibility"].rules


@pytest.mark.parametrize(
    "when, written_out",
    [
        ("named.thin", "bureau.months_on_file < 6 || bureau.months_reported < 6"),
        (
            "named.thin && applicant.age < 30",
            "(bureau.months_on_file < 6 || bureau.months_reported < 6) && applicant.age < 30",
        ),
        ("'!named.thin'", "!(bureau.months_on_file < 6 || bureau.months_reported < 6)"),
        ("named.both", "(bureau.months_on_file < 6 || bureau.months_reported < 6) && 18 > 3"),
        ("named.load > 0.5", "double(bureau.balance_minor) / 2.0 > 0.5"),
        ("applicant.occupation in params.risky", 'applicant.occupation in ["courier", "host"]'),
        (
            "applicant.age < params.age",
            'applicant.age < (application.product == "gold" ? 21 : 18)',
        ),
    ],
)
def test_a_name_is_what_it_stands_for(tmp_path: Path, when: str, written_out: str) -> None:
    """The trees are equal, so every reader of trees sees the same."""
    names = (
        "expressions:\n"
        "  both: named.thin && params.fixed > 3\n"
        "  thin: {value: bureau.months_on_file < 6 || bureau.months_reported < 6, description: d}\n"
        "  load: double(bureau.balance_minor) / 2.0\n"
    )
    values = (
        "parameters:\n"
        "  age: {type: int, default: 18, products: {gold: 21}, description: least age}\n"
        "  fixed: {type: int, default: 18}\n"
        "  risky: {type: string, default: [courier, host]}\n"
    )
    files: dict[str, str | bytes] = {
        "expressions.yaml": names,
        "parameters.yaml": values,
        "products.yaml": PRODUCTS,
    }
    (named,) = rules(tmp_path / "named", when, files)
    (plain,) = rules(tmp_path / "plain", f"'{written_out}'", files)
    assert named.when.tree == plain.when.tree


def test_a_rule_is_in_force_from_the_first_to_the_last_day(tmp_path: Path) -> None:
    """Both days included; a ruleset's window narrows those of its rules."""
    rule = (
        "- id: ASKED\n  when: 'true'\n  from: 2026-03-01\n"
        "  then: {outcome: refer, reason: AGE_REVIEW}\n"
    )
    bundle = load_bundle(write_bundle(tmp_path, eligibility(rule, head="until: 2026-03-31\n")))
    (found,) = bundle.rulesets["eligibility"].rules
    assert (found.valid_from, found.valid_until) == ("2026-03-01", "2026-03-31")

    engine, reference = DurableRuleEngine(bundle), ReferenceRuleEngine(bundle)
    facts, hit = facts_pb2.Facts(), {}
    for day in ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"):
        facts.application.date = day
        result = engine.evaluate("eligibility", facts, Signals())
        assert result == reference.evaluate("eligibility", facts, Signals())
        hit[day] = [trace.result for trace in result.rules] == [RuleResult.HIT]
    engine.close()
    assert list(hit.values()) == [False, True, True, False]


@pytest.mark.parametrize(
    "body",
    ["!({})", "({}) ? false : true"],
)
def test_names_that_grow_by_powers_are_refused_at_once(tmp_path: Path, body: str) -> None:
    """Eight lines that would stand for 30^7 conditions."""
    names = ["expressions:", "  e0: bureau.months_on_file > 3"]
    for number in range(1, 8):
        below = " && ".join([f"named.e{number - 1}"] * 30)
        names.append(f"  e{number}: '{body.format(below)}'")
    files: dict[str, str | bytes] = {"expressions.yaml": "\n".join(names) + "\n"}
    with pytest.raises(PolicyError, match=r"TS1206.*more than 2000 parts"):
        rules(tmp_path, "named.e7", files)
