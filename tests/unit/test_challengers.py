"""Challengers score the same row in shadow: recorded, and of no consequence."""

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
from engine.outcome import Decision
from engine.policy import load_policy
from tests.applications import admission, application, gathered

_POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"
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
    """The decision on an ordinary customer."""
    policy = load_policy(root)
    result = evaluate(policy, admission(application()), gathered())
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
