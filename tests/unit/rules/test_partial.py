"""Rules over facts of which some are not known yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.outcome import Outcome
from engine.rules import NO_STANDING, Signals, load_bundle
from engine.rules.partial import PartialResult, evaluate_partly
from tests.unit.rules.bundles import eligibility, write_bundle
from touchstone.v1 import facts_pb2

_HIDDEN = frozenset({"applicant.age", "session.emulator", "bureau.present"})
_REFER = "then: {outcome: refer, reason: AGE_REVIEW}"


def _found(place: Path, *rules: str) -> PartialResult:
    """The shipped reasons, these rules, and a student whose age, device and report are hidden."""
    bundle = load_bundle(write_bundle(place, eligibility(*rules)))
    facts = facts_pb2.Facts()
    facts.applicant.is_student = True
    facts.applicant.age = 40
    facts.session.emulator.value = True
    stage = bundle.stage("eligibility")
    return evaluate_partly(bundle, stage, facts, _HIDDEN, Signals(), NO_STANDING)


@pytest.mark.parametrize(
    "when, told",
    [
        ("applicant.is_student", True),
        ("applicant.age > 30", None),
        ("applicant.is_student || applicant.age > 30", True),
        ("applicant.age > 30 && !applicant.is_student", False),
        ("has(session.emulator)", None),
        ("session.emulator == null", None),
        ("has(session.emulator) && session.emulator && !applicant.is_student", False),
        ("'!bureau.present'", None),
        ("'applicant.is_student ? applicant.age > 30 : true'", None),
        ("has(session.rooted)", False),
    ],
)
def test_a_rule_is_certain_if_nothing_hidden_can_turn_it(
    tmp_path: Path, when: str, told: bool | None
) -> None:
    """What the facts hold in a hidden field does not count, nor whether it is there."""
    found = _found(tmp_path, f"- id: ASKED\n  when: {when}\n  {_REFER}")
    assert (found.certain.outcome is Outcome.REFER) is (told is True)
    assert len(found.open_rules) == (told is None)


def test_an_open_rule_says_what_would_tell_it(tmp_path: Path) -> None:
    """By the fields that it reads, with the gravest that may follow."""
    found = _found(tmp_path, f"- id: ASKED\n  when: applicant.age > 30\n  {_REFER}")
    (one,) = found.open_rules
    assert (one.rule.id, one.missing, one.gravest) == ("ASKED", ("applicant.age",), Outcome.REFER)


def test_a_signal_of_an_open_rule_is_unknown(tmp_path: Path) -> None:
    """And so is the rule that reads it; another setter that hits makes it true."""
    setter = "- id: SETS\n  when: applicant.age > 30\n  then: {signal: old}"
    reader = f"- id: READS\n  when: signals.old\n  {_REFER}"
    found = _found(tmp_path / "open", setter, reader)
    assert [one.rule.id for one in found.open_rules] == ["SETS", "READS"]
    assert found.open_rules[1].missing == ("signals.old",)
    other = "- id: ALSO\n  when: applicant.is_student\n  then: {signal: old}"
    found = _found(tmp_path / "set", setter, other, reader)
    assert [one.rule.id for one in found.open_rules] == ["SETS"]
    assert found.certain.outcome is Outcome.REFER


def test_caps_and_points_have_two_ends(tmp_path: Path) -> None:
    """What is certain binds both, what is open only the lower."""
    found = _found(
        tmp_path,
        "- id: A\n  when: applicant.is_student\n  then: {cap_line_minor: 900, adjust_points: 5}",
        "- id: B\n  when: applicant.age > 30\n  then: {cap_line_minor: 300, adjust_points: -7}",
        "- id: C\n  when: applicant.age > 50\n  then: {adjust_points: 2}",
    )
    assert found.caps_minor == (300, 900)
    assert found.points == (-2, 7)
