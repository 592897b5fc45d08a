"""The pure function of a decision: golden decisions, and what must hold of every one."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from engine.codec import decode, encode
from engine.evaluate import estimate, evaluate
from engine.model import (
    Application,
    GrantedLine,
    HeldLines,
    LineKind,
    RepaymentStatus,
    Session,
    SharedLine,
    SourceStatus,
)
from engine.outcome import CapName, Decision, Gathered, LimitStatus, Need, Outcome
from engine.policy import Policy, load_policy
from tests.applications import (
    admission,
    application,
    bureau,
    gathered,
    months,
    neighbourhood,
    payroll,
    shared,
)

_ROOT = Path(__file__).resolve().parents[2]
_GOLDEN = _ROOT / "tests" / "golden" / "decisions"
_LATE = months(6, status=RepaymentStatus.PAST_DUE, delay=2, balance_minor=1_900_000)
_EMULATOR = Session(channel_session_id=None, emulator=True, rooted=None, country=None, city=None)

_PART = SharedLine(kind=LineKind.SUPPLEMENTARY, parent="dec_parent")
_RAISE = SharedLine(kind=LineKind.TEMPORARY, parent="dec_parent", until=date(2026, 6, 30))

_CASES: dict[str, tuple[Application, Gathered]] = {
    "good_customer": (application(expected_limit_minor=2_000_000), gathered()),
    "hopes_for_more": (application(expected_limit_minor=5_000_000), gathered()),
    "needs_evidence": (
        application(expected_limit_minor=2_000_000, evidence=payroll(400_000)),
        gathered(),
    ),
    "no_evidence": (application(evidence=()), gathered()),
    "no_bureau": (application(bureau=None), gathered()),
    "thin_file": (application(bureau=bureau(months=months(2), months_on_file=2)), gathered()),
    "young_record": (
        application(bureau=bureau(months_on_file=9), expected_limit_minor=2_500_000),
        gathered(),
    ),
    "late_payer": (application(bureau=bureau(months=_LATE)), gathered()),
    "under_age": (application(birth_date=date(2008, 5, 30)), gathered()),
    "of_age_today": (application(birth_date=date(2008, 5, 29)), gathered()),
    "expired_document": (application(id_document_expires_on=date(2026, 5, 28)), gathered()),
    "exposure_used_up": (
        application(held_lines=HeldLines(own_minor=0, elsewhere_minor=100_000_000)),
        gathered(),
    ),
    "lines_unknown": (application(held_lines=None), gathered()),
    "device_burst": (application(), gathered(neighbourhood(4))),
    "device_burst_on_emulator": (application(session=_EMULATOR), gathered(neighbourhood(4))),
    "fraud_ring": (application(), gathered(neighbourhood(4, 2))),
    "supplementary_card": (
        application(supplementary=True, shares=_PART, evidence=(), expected_limit_minor=2_000_000),
        shared(),
    ),
    "supplementary_of_a_declined_card": (
        application(supplementary=True, shares=_PART),
        shared(outcome="decline", line_minor=0),
    ),
    "supplementary_of_an_unknown_card": (
        application(supplementary=True, shares=_PART),
        gathered(),
    ),
    "temporary_line": (
        application(shares=_RAISE, expected_limit_minor=2_800_000),
        shared(line_minor=2_000_000),
    ),
    "temporary_line_needs_evidence": (
        application(shares=_RAISE, evidence=payroll(1_000_000), expected_limit_minor=2_800_000),
        shared(line_minor=2_000_000),
    ),
    "temporary_line_no_higher": (
        application(shares=_RAISE, held_lines=HeldLines(own_minor=0, elsewhere_minor=28_000_000)),
        shared(line_minor=2_000_000),
    ),
    "graph_down": (application(), gathered(graph=SourceStatus.DOWN)),
    "history_late": (application(), gathered(history=SourceStatus.LATE)),
}


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped policy."""
    loaded = load_policy(_ROOT / "rulesets" / "credit_card")
    yield loaded
    loaded.rules.close()


def _decide(policy: Policy, case: str) -> Decision:
    asked, answers = _CASES[case]
    result = evaluate(policy, admission(asked), answers)
    assert isinstance(result, Decision)
    return result


@pytest.mark.parametrize("case", _CASES)
def test_the_decision_is_the_golden_one(policy: Policy, case: str) -> None:
    """TOUCHSTONE_UPDATE_GOLDEN=1 rewrites the files; review their difference like code."""
    told = json.loads(encode(_decide(policy, case)))
    del told["policy_digest"]  # it changes with every comment in a ruleset
    del told["expected_limit"]["plan_policy_digest"]
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    path = _GOLDEN / f"{case}.json"
    if os.environ.get("TOUCHSTONE_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == text


def test_every_golden_file_has_its_case() -> None:
    """No file is left behind."""
    assert {path.stem for path in _GOLDEN.glob("*.json")} == set(_CASES)


@pytest.mark.parametrize("case", _CASES)
def test_what_is_not_approved_is_explained(policy: Policy, case: str) -> None:
    """Each reason has both texts and leads to the outcome."""
    decision = _decide(policy, case)

    if decision.outcome is not Outcome.APPROVE:
        assert decision.reasons
    assert all(r.text_en and r.text_zh for r in decision.reasons)
    assert {r.outcome for r in decision.reasons} <= {decision.outcome}


@pytest.mark.parametrize("case", _CASES)
def test_the_same_facts_give_the_same_bytes(policy: Policy, case: str) -> None:
    """Also after they were stored and read again."""
    asked, answers = _CASES[case]
    first = _decide(policy, case)
    again = evaluate(
        policy,
        decode(encode(admission(asked)), type(admission(asked))),
        decode(encode(answers), Gathered),
    )

    assert encode(first) == encode(again)


def test_sources_are_asked_only_when_a_stage_needs_them(policy: Policy) -> None:
    """A decline in eligibility ends the road before the graph is paid for."""
    need = evaluate(policy, admission(application()), Gathered())
    declined = evaluate(policy, admission(application(birth_date=date(2015, 1, 1))), Gathered())

    assert Need(sources=("graph", "history")) == need
    assert isinstance(declined, Decision)
    assert declined.outcome is Outcome.DECLINE
    assert [stage.skipped_because for stage in declined.stages] == [
        "",
        *["declined in eligibility"] * 6,
    ]


@pytest.mark.parametrize("case", _CASES)
@pytest.mark.parametrize("source", ["graph", "history"])
@pytest.mark.parametrize("status", [SourceStatus.LATE, SourceStatus.DOWN, SourceStatus.STALE])
def test_a_missing_source_makes_no_outcome_milder(
    policy: Policy, case: str, source: str, status: SourceStatus
) -> None:
    """Where it was not a decline, it becomes a referral that says which source was missing."""
    asked, answers = _CASES[case]
    graph = None if source == "graph" else answers.graph
    missing = evaluate(policy, admission(asked), gathered(graph, **{source: status}))

    assert isinstance(missing, Decision)
    assert missing.outcome is not Outcome.APPROVE
    if not missing.stages[1].skipped_because:
        assert (source, status) in [(d.source, d.status) for d in missing.degradations]


@pytest.mark.parametrize(
    "fallback, outcome", [("refer", Outcome.REFER), ("decline", Outcome.DECLINE)]
)
def test_a_source_that_fails_before_the_line_counts(
    tmp_path: Path, fallback: str, outcome: Outcome
) -> None:
    """Its fallback is applied in the stage `line` as in any other."""
    root = tmp_path / "policy"
    shutil.copytree(_ROOT / "rulesets" / "credit_card", root)
    strategy = (root / "strategy.yaml").read_text(encoding="utf-8")
    kept = [line for line in strategy.splitlines() if "stage: fraud" not in line]
    text = "\n".join(kept).replace("{stage: line}", "{stage: line, sources: [graph, history]}")
    text = re.sub(r"(history: .*on_failure: )\w+", rf"\g<1>{fallback}", text)
    (root / "strategy.yaml").write_text(text, encoding="utf-8")
    changed = load_policy(root)
    answers = gathered(history=SourceStatus.DOWN)
    decision = evaluate(changed, admission(application()), answers)
    changed.rules.close()

    assert isinstance(decision, Decision)
    assert decision.outcome is outcome
    assert "SOURCE_UNAVAILABLE" in {reason.code for reason in decision.reasons}


@pytest.mark.parametrize("case", _CASES)
def test_a_declined_application_carries_no_line(policy: Policy, case: str) -> None:
    """And an approved one always does."""
    decision = _decide(policy, case)

    if decision.outcome is Outcome.DECLINE:
        assert decision.line is None
        assert decision.expected_limit.offer_minor == 0
    if decision.outcome is Outcome.APPROVE:
        assert decision.line is not None
        assert decision.line.line_minor > 0


def test_a_trial_calculation_says_what_a_decision_would(policy: Policy) -> None:
    """Links and history aside, which it skips and says so."""
    asked = application(expected_limit_minor=2_000_000)
    trial = estimate(policy, admission(asked))
    decided = _decide(policy, "good_customer")

    told = replace(
        decided.expected_limit,
        text_en=trial.expected_limit.text_en,
        text_zh=trial.expected_limit.text_zh,
    )
    assert (decided.line, told) == (trial.line, trial.expected_limit)
    assert "would be within reach" in trial.expected_limit.text_en
    assert trial.expected_limit.status is LimitStatus.MET
    assert trial.stages[1].skipped_because


def _with_circle(granted: int, others: int = 2) -> Gathered:
    """Neighbours on the device, the first of whom was granted that line."""
    answers = gathered(neighbourhood(others))
    assert answers.history is not None
    lines = (GrantedLine(decision_id="dec_0", line_minor=granted),) if granted else ()
    return replace(answers, history=replace(answers.history, circle=lines))


def _group_cap(decision: Decision) -> int | None:
    assert decision.line is not None
    return next(cap.amount_minor for cap in decision.line.caps if cap.name is CapName.GROUP)


def test_lines_of_the_circle_are_deducted_from_its_ceiling(policy: Policy) -> None:
    """The room, the binding cap, the waterfall and the reason all say so."""
    asked = admission(application(expected_limit_minor=2_000_000))
    free = evaluate(policy, asked, _with_circle(0))
    full = evaluate(policy, asked, _with_circle(59_000_000))

    assert isinstance(free, Decision)
    assert isinstance(full, Decision)
    assert (_group_cap(free), _group_cap(full)) == (60_000_000, 1_000_000)
    assert full.line is not None
    assert (full.line.line_minor, full.line.binding_cap) == (1_000_000, CapName.GROUP)
    assert sum(step.amount_minor for step in full.line.waterfall) == 1_000_000
    assert CapName.GROUP in {step.name for step in full.line.waterfall}
    assert "LINE_CAP_GROUP" in {reason.code for reason in full.reasons}


def test_a_line_of_somebody_else_does_not_count(policy: Policy) -> None:
    """Only those whom the neighbourhood connects; what the ledger said besides is ignored."""
    answers = _with_circle(0)
    assert answers.history is not None
    stranger = (GrantedLine(decision_id="dec_stranger", line_minor=59_000_000),)
    answers = replace(answers, history=replace(answers.history, circle=stranger))
    decision = evaluate(policy, admission(application()), answers)

    assert isinstance(decision, Decision)
    assert _group_cap(decision) == 60_000_000


def test_no_proof_opens_a_group_that_is_full(policy: Policy) -> None:
    """Evidence never raises the group's cap: nothing is asked for, the application is declined."""
    asked = application(expected_limit_minor=2_000_000, evidence=payroll(400_000))
    decision = evaluate(policy, admission(asked), _with_circle(60_000_000))

    assert isinstance(decision, Decision)
    assert decision.outcome is Outcome.DECLINE
    assert decision.expected_limit.plan == ()
    assert "LINE_CAP_GROUP" in {reason.code for reason in decision.reasons}


def test_a_circle_whose_lines_nobody_looked_up_is_no_empty_one(policy: Policy) -> None:
    """What is missing never approves in silence; with nobody around there is nothing to miss."""
    answers = _with_circle(0)
    assert answers.history is not None
    unknown = replace(answers, history=replace(answers.history, circle=None))
    alone = replace(unknown, graph=neighbourhood(0))
    referred = evaluate(policy, admission(application()), unknown)
    decided = evaluate(policy, admission(application()), alone)

    assert isinstance(referred, Decision)
    assert isinstance(decided, Decision)
    assert (referred.line, referred.outcome) == (None, Outcome.REFER)
    assert _group_cap(decided) == 60_000_000


def test_a_record_of_before_lines_were_shared_decides_as_it_did(policy: Policy) -> None:
    """Its supplementary card has a line of its own; what came since is neither there nor missed."""
    asked = admission(application(supplementary=True, expected_limit_minor=2_000_000))
    told, answers = json.loads(encode(asked)), json.loads(encode(gathered()))
    del told["application"]["shares"], told["application"]["held_lines"]["parent_minor"]
    del answers["history"]["parent"]
    old = decode(json.dumps(told).encode(), type(asked))
    decision = evaluate(policy, old, decode(json.dumps(answers).encode(), Gathered))

    assert isinstance(decision, Decision)
    assert (old, decision.kind) == (asked, LineKind.PRIMARY)
    assert decision.line == _decide(policy, "good_customer").line
    assert decision.line is not None
    assert CapName.PARENT not in {cap.name for cap in decision.line.caps}


def test_a_line_that_is_raised_is_not_in_its_own_circle(policy: Policy) -> None:
    """Wherever the graph finds the card; others count."""
    answers = shared(root="dec_0", line_minor=1_000_000)
    lines = (
        GrantedLine(decision_id="dec_0", line_minor=59_000_000),
        GrantedLine(decision_id="dec_1", line_minor=58_000_000),
    )
    assert answers.history is not None
    answers = replace(
        answers, graph=neighbourhood(2), history=replace(answers.history, circle=lines)
    )
    decision = evaluate(policy, admission(application(shares=_RAISE)), answers)

    assert isinstance(decision, Decision)
    assert _group_cap(decision) == 2_000_000


def test_nothing_of_a_parent_that_nobody_asked_about_is_known(policy: Policy) -> None:
    """A source that is down leaves no line, whatever its fallback."""
    asked = admission(application(supplementary=True, shares=_PART))
    for status in (SourceStatus.DOWN, SourceStatus.LATE, SourceStatus.STALE):
        decision = evaluate(policy, asked, gathered(history=status))
        assert isinstance(decision, Decision)
        assert (decision.outcome, decision.line) == (Outcome.REFER, None)
        assert "PARENT_UNKNOWN" in {reason.code for reason in decision.reasons}


def test_a_raise_ends_with_its_last_day_and_with_that_of_the_product(policy: Policy) -> None:
    """In Beijing: the day asked for, or 60 days, whatever comes first."""
    days = []
    for until in (date(2026, 5, 29), date(2026, 6, 30), date(2027, 1, 1), None):
        shares = replace(_RAISE, until=until)
        decision = evaluate(
            policy, admission(application(shares=shares)), shared(line_minor=2_000_000)
        )
        assert isinstance(decision, Decision)
        assert decision.line is not None
        assert decision.line.shares is not None
        assert decision.line.shares.until_us is not None
        end = datetime.fromtimestamp(decision.line.shares.until_us / 1e6, UTC)
        days.append((end + timedelta(hours=8)).isoformat()[:16])

    assert days == [
        "2026-05-30T00:00",
        "2026-07-01T00:00",
        "2026-07-29T00:00",
        "2026-07-29T00:00",
    ]
