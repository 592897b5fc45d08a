"""Other cards of a stage: challengers in shadow, of no consequence, and cards of segments."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine.check import check
from engine.codec import decode, encode
from engine.errors import PolicyError
from engine.evaluate import evaluate
from engine.model import Session
from engine.outcome import Decision
from engine.policy import load_policy
from tests.applications import admission, application, gathered

_POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"
_SOMEWHERE = Session(channel_session_id=None, emulator=False, rooted=False, country=None, city=None)
_STAGE = "{stage: score, scorecard: card_bureau}"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The shipped policy, with a challenger that thinks everybody riskier."""
    root = Path(shutil.copytree(_POLICY, tmp_path / "policy"))
    other = root / "scorecards" / "card_other"
    shutil.copytree(root / "scorecards" / "card_bureau", other)
    manifest = json.loads((other / "manifest.json").read_text())
    manifest["scorecard"] = "card_other"
    manifest["calibrator"]["intercept"] += 1.0
    (other / "manifest.json").write_text(json.dumps(manifest))
    return root


def with_stage(root: Path, stage: str) -> Path:
    """The strategy with another stage of the score."""
    file = root / "strategy.yaml"
    text = file.read_text(encoding="utf-8")
    assert _STAGE in text
    file.write_text(text.replace(_STAGE, stage), encoding="utf-8")
    return root


def decided(root: Path) -> Decision:
    """The decision on an ordinary customer, of whose session the country is not known."""
    policy = load_policy(root)
    result = evaluate(policy, admission(application(session=_SOMEWHERE)), gathered())
    policy.rules.close()
    assert isinstance(result, Decision)
    return result


def test_a_challenger_is_recorded_and_changes_nothing(bundle: Path) -> None:
    """The decision is the champion's to the last field, and reads back as it was written."""
    alone = decided(bundle)
    beside = decided(
        with_stage(bundle, "{stage: score, scorecard: card_bureau, challengers: [card_other]}")
    )
    assert not alone.challengers
    (shadow,) = beside.challengers
    assert alone.score is not None
    assert shadow.scorecard == "card_other"
    assert shadow.pd > alone.score.pd
    assert shadow.points < alone.score.points
    assert shadow.model_digest not in beside.model_digests
    same = replace(beside, challengers=(), policy_digest=alone.policy_digest)
    assert encode(same) == encode(alone)
    assert encode(decode(encode(beside), Decision)) == encode(beside)


def test_the_champion_as_its_own_challenger_agrees(bundle: Path) -> None:
    """Shadow and champion see the same row: another name, the same digits."""
    manifest = bundle / "scorecards" / "card_other" / "manifest.json"
    shutil.copy(bundle / "scorecards" / "card_bureau" / "manifest.json", manifest)
    beside = decided(
        with_stage(bundle, "{stage: score, scorecard: card_bureau, challengers: [card_other]}")
    )
    assert beside.score is not None
    assert beside.challengers[0].pd == beside.score.pd
    assert beside.challengers[0].points == beside.score.points


@pytest.mark.parametrize(
    "stage, told",
    [
        ("{stage: score, scorecard: card_bureau, challengers: [card_bureau]}", "the champion"),
        ("{stage: score, scorecard: card_bureau, challengers: [a, b, c, d, e]}", "at most 4"),
        ("{stage: score, scorecard: card_bureau, challengers: [a, a]}", "distinct"),
        (
            "{stage: score, rulesets: [], challengers: [card_other]}",
            "only a stage with a",
        ),
    ],
)
def test_challengers_that_make_no_sense_are_refused(bundle: Path, stage: str, told: str) -> None:
    """With their place in the strategy."""
    with pytest.raises(PolicyError) as refused:
        load_policy(with_stage(bundle, stage))
    assert told in str(refused.value)
    assert "strategy.yaml:" in str(refused.value)


def test_a_challenger_that_is_not_there_is_a_finding(bundle: Path) -> None:
    """As a missing champion is."""
    stage = "{stage: score, scorecard: card_bureau, challengers: [card_none]}"
    report = check(with_stage(bundle, stage), proofs=False)
    assert any("`card_none` cannot be used" in item.message for item in report.diagnostics)


_SEGMENT = (
    "{stage: score, scorecard: card_bureau, segments: [{signal: SIGNAL, scorecard: card_other}]}"
)
_RULE = """
  - id: ORDINARY
    description: Everybody of that name
    when: CONDITION
    then: {signal: ordinary}
"""


def with_rule(root: Path, condition: str, file: str = "eligibility.yaml") -> Path:
    """A rule that sets the signal of the segment."""
    path = root / file
    text = path.read_text(encoding="utf-8") + _RULE.replace("CONDITION", condition)
    path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    "condition, card",
    [
        ("applicant.age >= 18", "card_other"),
        ("applicant.age >= 180", "card_bureau"),
        ("session.country == 'CN'", "card_bureau"),
    ],
)
def test_a_signal_chooses_the_card_of_its_segment(bundle: Path, condition: str, card: str) -> None:
    """Set: the segment's card; not set, or unknown: that of the stage."""
    rule = f"{condition}\n    on_unknown: ignore"
    root = with_stage(with_rule(bundle, rule), _SEGMENT.replace("SIGNAL", "ordinary"))
    decision = decided(root)
    assert decision.score is not None
    assert decision.score.scorecard == card
    assert encode(decided(root)) == encode(decision)


@pytest.mark.parametrize(
    "signal, file, told",
    [
        ("ordinari", "eligibility.yaml", "never set, so nobody is in this segment"),
        ("ordinary", "approval.yaml", "is read in stage `score` but set later"),
    ],
)
def test_a_segment_that_nobody_is_in_is_refused(
    bundle: Path, signal: str, file: str, told: str
) -> None:
    """With its place, and the signal that was meant."""
    root = with_rule(bundle, "applicant.age >= 18", file)
    with pytest.raises(PolicyError) as refused:
        load_policy(with_stage(root, _SEGMENT.replace("SIGNAL", signal)))
    assert told in str(refused.value)
    assert "strategy.yaml:" in str(refused.value)


def test_the_signal_of_a_segment_is_used(bundle: Path) -> None:
    """No warning that nobody reads it; and both cards are counted."""
    root = with_rule(bundle, "applicant.age >= 18")
    report = check(with_stage(root, _SEGMENT.replace("SIGNAL", "ordinary")), proofs=False)
    assert not [item.message for item in report.diagnostics if "ordinary" in item.message]
    assert report.scorecards == 3
