"""Decides a supposed application on the road of every decision: what is shown has happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.cases.model import Case, Expectation
from engine.cases.standard import STANDARD_DAY, admission, gathered
from engine.evaluate import evaluate
from engine.model import Admission, Bureau, RepaymentStatus
from engine.outcome import Decision
from engine.policy import Policy
from engine.proof.stages import ANSWERED
from engine.proof.trial import status_of
from engine.proof.witness import Witness
from engine.rules.source import Span

_DATE = "application.date"


def decide(policy: Policy, witness: Witness) -> Decision:
    """The decision, with every fact supposed. Raises what ``evaluate`` raises."""
    case = _case(witness)
    asked = admission(case, policy.bundle.strategy, str(witness.facts["application.product"]))
    asked = _with_bureau(asked, families=witness.families)
    found = evaluate(policy, asked, gathered(case, asked), witness.facts)
    if not isinstance(found, Decision):
        raise TypeError("every source has a status")
    return found


def _case(witness: Witness) -> Case:
    day = witness.facts.get(_DATE)
    return Case(
        name="",
        facts=witness.facts,
        application={},
        sources={source: status_of(witness, source) for source in ANSWERED},
        on=date.fromisoformat(day) if isinstance(day, str) else STANDARD_DAY,
        base_unknown=False,
        expect=Expectation(),
        only=False,
        skip="",
        span=Span("", 1, 1),
    )


def _with_bureau(asked: Admission, *, families: bool) -> Admission:
    """A file that the scorecard can read, and in which points are lost or none can be told."""
    bureau = asked.application.bureau
    late = None if bureau is None or not families else _late(bureau)
    return replace(asked, application=replace(asked.application, bureau=late))


def _late(bureau: Bureau) -> Bureau:
    months = tuple(
        replace(
            month,
            status=RepaymentStatus.PAST_DUE,
            months_past_due=3,
            balance_minor=month.limit_minor,
            payment_minor=0,
        )
        for month in bureau.months
    )
    return replace(bureau, months=months)


def line_of(decision: Decision) -> int:
    """The decision's line, minor units; 0 where there is none."""
    return 0 if decision.line is None else decision.line.line_minor
