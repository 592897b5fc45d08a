from pathlib import Path

import pytest

from engine.errors import PolicyError
from engine.outcome import Outcome
from engine.rules import Code, Diagnostic, Fallback, OnFailure, Signals, StageKind, load_bundle
from engine.rules import DurableRuleEngine as Engine
from tests.unit.rules.bundles import ELIGIBILITY, SHIPPED, STRATEGY, eligibility, write_bundle
from touchstone.v1 import facts_pb2

_REFER = "  when: applicant.age > 60\n  then: {outcome: refer, reason: AGE_REVIEW}\n"


def codes(root: Path) -> list[Code]:
    """The codes with which the bundle is refused."""
    with pytest.raises(PolicyError) as caught:
        load_bundle(root)
    found = caught.value.diagnostics
    return [item.code for item in found if isinstance(item, Diagnostic)]


def test_the_shipped_policy_is_sound() -> None:
    """No error and no warning in what is shipped."""
    bundle = load_bundle(SHIPPED)
    assert bundle.warnings == ()
    assert bundle.name == "credit_card"
    assert [stage.name for stage in bundle.strategy.stages] == [
        "eligibility",
        "fraud",
        "fraud_score",
        "fraud_review",
        "score",
        "approval",
        "line",
    ]


def test_a_bundle_has_its_strategy_as_values(tmp_path: Path) -> None:
    """Everything in strategy.yaml arrives typed."""
    strategy = load_bundle(write_bundle(tmp_path)).strategy
    fraud, score = strategy.stages[1], strategy.stages[2]
    assert (strategy.name, strategy.currency) == ("small", "CNY")
    assert strategy.sources["graph"].timeout_ms == 150
    assert strategy.sources["graph"].on_failure is OnFailure.REFER
    assert (fraud.kind, fraud.sources) == (StageKind.RULES, ("graph",))
    assert (score.kind, score.scorecard) == (StageKind.SCORE, "card")


def test_the_digest_covers_every_file(tmp_path: Path) -> None:
    """Any changed, added or renamed file is another policy; a dot file is no part of it."""
    root = write_bundle(tmp_path)
    first = load_bundle(root).digest
    (root / ".swap").write_text("x")
    assert load_bundle(root).digest == first
    (root / "scorecards" / "card").mkdir(parents=True)
    (root / "scorecards" / "card" / "model.ubj").write_bytes(b"\x00\x01")
    second = load_bundle(root).digest
    (root / "scorecards" / "card" / "model.ubj").rename(root / "scorecards" / "card" / "m.ubj")
    third = load_bundle(root).digest
    assert len({first, second, third}) == 3
    assert "scorecards/card/m.ubj" in load_bundle(root).files


def test_the_digest_does_not_depend_on_the_place(tmp_path: Path) -> None:
    """The same content has the same address everywhere."""
    one, two = write_bundle(tmp_path / "a"), write_bundle(tmp_path / "b")
    assert load_bundle(one).digest == load_bundle(two).digest


def test_all_findings_come_at_once(tmp_path: Path) -> None:
    """An author mends a file in one go, not one finding after the other."""
    rules = eligibility(
        f"- id: A\n{_REFER}",
        f"- id: A\n{_REFER}",
        "- id: B\n  when: applicant.agee > 3\n  then: {outcome: refer}\n",
        "- id: C\n  when: applicant.age > 3\n  then: {outcome: refer}\n",
    )
    found = codes(write_bundle(tmp_path, rules))
    assert found == [Code.DUPLICATE_ID, Code.UNKNOWN_FIELD, Code.MISSING_REASON]


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    """Some editors write one."""
    load_bundle(
        write_bundle(tmp_path, {"eligibility.yaml": b"\xef\xbb\xbf" + ELIGIBILITY.encode()})
    )


def test_line_ends_of_windows_are_read(tmp_path: Path) -> None:
    """And places stay right."""
    text = ELIGIBILITY.replace("applicant.age", "applicant.agee").replace("\n", "\r\n")
    with pytest.raises(PolicyError, match=r"eligibility.yaml:4:21\b"):
        load_bundle(write_bundle(tmp_path, {"eligibility.yaml": text}))


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "2024-01-01", "0o17", "1:30"])
def test_words_that_old_yaml_turns_into_values_stay_words(tmp_path: Path, word: str) -> None:
    """``NO`` is Norway, not false."""
    root = write_bundle(tmp_path, {"products.yaml": f"value: {word}\n"})
    assert load_bundle(root).products == {"value": word}


def test_products_are_plain_values(tmp_path: Path) -> None:
    """Whole numbers stay whole; underscores may group digits."""
    text = "classic: {maximum_minor: 5_000_000, rate: 0.015, online: true, note: null, x: [a, 1]}\n"
    products = load_bundle(write_bundle(tmp_path, {"products.yaml": text})).products
    expected = {"maximum_minor": 5_000_000, "rate": 0.015, "online": True, "note": None}
    assert products == {"classic": {**expected, "x": ["a", 1]}}


def test_what_follows_an_unknown_is_settled_per_ruleset_and_per_rule(tmp_path: Path) -> None:
    """The rule's word goes before the ruleset's."""
    rules = eligibility(
        f"- id: INHERITS\n{_REFER}",
        f"- id: REFERS\n  on_unknown: refer\n{_REFER}",
        f"- id: DECLINES\n  on_unknown: {{outcome: decline, reason: THIN_FILE}}\n{_REFER}",
        head="on_unknown: ignore\n",
    )
    loaded = load_bundle(write_bundle(tmp_path, rules)).rulesets["eligibility"].rules
    found = [(rule.on_unknown.fallback, rule.on_unknown.reason) for rule in loaded]
    assert found == [
        (Fallback.IGNORE, ""),
        (Fallback.REFER, "INFORMATION_MISSING"),
        (Fallback.DECLINE, "THIN_FILE"),
    ]
    assert {rule.on_error.fallback for rule in loaded} == {Fallback.REFER}


def test_a_deep_or_long_file_is_refused_quickly(tmp_path: Path) -> None:
    """A hostile file costs no memory."""
    deep = "a: " + "[" * 5_000
    assert codes(write_bundle(tmp_path / "a", {"fraud.yaml": deep}))[0] is Code.FILE_LIMIT
    long = "#" * 1_000_001
    assert codes(write_bundle(tmp_path / "b", {"fraud.yaml": long}))[0] is Code.FILE_LIMIT


def test_a_ruleset_in_two_stages_is_refused(tmp_path: Path) -> None:
    """Its rules would be counted twice."""
    text = STRATEGY.replace("rulesets: [approval]", "rulesets: [fraud]")
    assert Code.DUPLICATE_ID in codes(write_bundle(tmp_path, {"strategy.yaml": text}))


def test_a_stage_of_the_shipped_policy_decides() -> None:
    """From files to an outcome with a reason in both languages."""
    engine = Engine(load_bundle(SHIPPED))
    facts = facts_pb2.Facts()
    facts.applicant.age = 17
    facts.application.product = "classic"
    found = engine.evaluate("eligibility", facts, Signals())
    engine.close()
    assert found.outcome is Outcome.DECLINE
    assert found.reasons[0].code == "AGE_BELOW_MINIMUM"
    assert found.reasons[0].source == "rule:UNDER_AGE"
    assert found.reasons[0].text_zh == "申请人须年满18周岁。"
