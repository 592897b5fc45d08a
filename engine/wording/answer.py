"""A decision in the policy's words: the decision itself, the answer to the limit, each proof."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from engine.lines import Product
from engine.lines.sharing import shared_range
from engine.model import INCOME_EVIDENCE, EvidenceKind, LineKind
from engine.outcome import (
    Decision,
    ExpectedLimit,
    LimitStatus,
    LineResult,
    Outcome,
    PlanItem,
    Shares,
)
from engine.rules import Bundle
from engine.rules.wording import LINE_UNDETERMINED, NOTHING, Section
from engine.wording.formats import day, listed
from engine.wording.sentences import Pair, Speaker, joined


class Voice(StrEnum):
    """How something is told: a decision binds, a trial calculation does not."""

    DECISION = "decision"
    ESTIMATE = "estimate"


def worded(bundle: Bundle, product: Product, decision: Decision, voice: Voice) -> Decision:
    """The decision with every text that a customer can be shown."""
    speaker = Speaker(bundle, product)
    en, zh = _decision(speaker, decision, voice)
    limit = worded_limit(
        bundle, product, decision.expected_limit, decision.outcome, decision.line, voice
    )
    documents = speaker.documents(decision.required_documents)
    return replace(decision, text_en=en, text_zh=zh, expected_limit=limit, documents=documents)


def worded_limit(
    bundle: Bundle,
    product: Product,
    answer: ExpectedLimit,
    outcome: Outcome,
    line: LineResult | None,
    voice: Voice,
) -> ExpectedLimit:
    """The answer to the limit hoped for with its texts. ``outcome``: of its decision."""
    speaker = Speaker(bundle, product)
    plan = tuple(_proof(speaker, item) for item in answer.plan)
    en, zh = joined(_limit(speaker, replace(answer, plan=plan), outcome, line, voice))
    return replace(answer, plan=plan, text_en=en, text_zh=zh)


def _decision(speaker: Speaker, decision: Decision, voice: Voice) -> Pair:
    answer, line = decision.expected_limit, decision.line
    places = {"line": speaker.money(0 if line is None else line.line_minor)}
    if voice is Voice.ESTIMATE:
        return speaker.say(Section.DECISION, f"estimated_{_past(decision.outcome)}", places)
    if decision.outcome is not Outcome.APPROVE:
        return speaker.say(Section.DECISION, _past(decision.outcome), {})
    if line is None:
        return speaker.say(Section.DECISION, "approved_no_line", {})
    name = ""
    if line.shares is not None:
        name = decision.kind.value
        places |= _shared(speaker, line.shares)
    if answer.asked_minor is not None and answer.target_minor is not None and answer.gap_minor:
        places["asked"] = speaker.money(answer.asked_minor)
        places["target"] = speaker.money(answer.target_minor)
        return speaker.say(Section.DECISION, f"{name}_counter_offer".lstrip("_"), places)
    return speaker.say(Section.DECISION, name or "approved", places)


def _shared(speaker: Speaker, shares: Shares) -> dict[str, Pair]:
    """The line that is shared and, of a raise, the last day of it."""
    places = {"own": speaker.money(shares.parent_line_minor)}
    if shares.until_us is not None:
        places["until"] = day(shares.until_us - 1, speaker.bundle.strategy.utc_offset_minutes)
    return places


def _past(outcome: Outcome) -> str:
    return {
        Outcome.APPROVE: "approved",
        Outcome.REFER: "referred",
        Outcome.DECLINE: "declined",
    }[outcome]


def _proof(speaker: Speaker, item: PlanItem) -> PlanItem:
    monthly = EvidenceKind(item.proof) in INCOME_EVIDENCE
    places = {
        "proof": speaker.say(Section.PROOFS, item.proof, {}),
        "amount": speaker.money(item.least_amount_minor),
    }
    en, zh = speaker.say(Section.ITEMS, "monthly" if monthly else "value", places)
    return replace(item, text_en=en, text_zh=zh)


def _limit(
    speaker: Speaker,
    answer: ExpectedLimit,
    outcome: Outcome,
    line: LineResult | None,
    voice: Voice,
) -> list[Pair]:
    places = _places(speaker, answer, line)
    if outcome is Outcome.DECLINE:
        estimated = voice is Voice.ESTIMATE
        section = Section.ESTIMATED if estimated else Section.DECLINED
        return [speaker.say(section, "declined", places)]
    said: list[Pair] = []
    if answer.asked_minor != answer.target_minor:
        said.append(speaker.say(Section.SENTENCES, "adjusted", places))
    section = _section(voice, outcome)
    said.append(speaker.say(section, _name(speaker, section, answer, line), places))
    if answer.plan:
        if answer.status is LimitStatus.PARTIAL:
            said.append(speaker.say(Section.SENTENCES, "within_reach", places))
        said.append(_bring(speaker, answer, voice))
    if answer.unreachable_minor and answer.status is LimitStatus.PARTIAL:
        said.append(speaker.say(Section.SENTENCES, "out_of_reach", places))
    return said


def _section(voice: Voice, outcome: Outcome) -> Section:
    if voice is Voice.ESTIMATE:
        return Section.ESTIMATED
    return Section.APPROVED if outcome is Outcome.APPROVE else Section.REFERRED


def _name(
    speaker: Speaker, section: Section, answer: ExpectedLimit, line: LineResult | None
) -> str:
    """The text of a status; where there is nothing so far, one of its own if there is one."""
    if answer.status is LimitStatus.NOT_ASKED and line is None:
        return LINE_UNDETERMINED
    name = answer.status.value
    nothing_yet = answer.offer_minor == 0 and speaker.words(section, name + NOTHING)
    return name + NOTHING if nothing_yet else name


def _bring(speaker: Speaker, answer: ExpectedLimit, voice: Voice) -> Pair:
    places = {"proofs": listed([(item.text_en, item.text_zh) for item in answer.plan])}
    if voice is Voice.ESTIMATE:
        return speaker.say(Section.SENTENCES, "bring_when_applying", places)
    if answer.plan_expires_at_us is None:
        return speaker.say(Section.SENTENCES, "bring_anew", places)
    offset = speaker.bundle.strategy.utc_offset_minutes
    # The plan is open until the end of a day: the last moment that is still in it names the day.
    places["until"] = day(answer.plan_expires_at_us - 1, offset)
    return speaker.say(Section.SENTENCES, "bring_until", places)


def _places(speaker: Speaker, answer: ExpectedLimit, line: LineResult | None) -> dict[str, Pair]:
    least, most = _range(speaker.product, line)
    amounts = {
        "line": 0 if line is None else line.line_minor,
        "offer": answer.offer_minor,
        "asked": answer.asked_minor or 0,
        "target": answer.target_minor or 0,
        "gap": answer.gap_minor,
        "highest": answer.highest_minor or 0,
        "unreachable": answer.unreachable_minor,
        "least": least,
        "most": most,
        "step": speaker.product.step_minor,
    }
    places = {key: speaker.money(minor) for key, minor in amounts.items()}
    return places | {"why": speaker.beyond(answer.unreachable_cap)}


def _range(product: Product, line: LineResult | None) -> tuple[int, int]:
    """What can be asked for: of a raise what is above the card's line, of a part what parts are."""
    shares = None if line is None else line.shares
    if shares is None:
        return product.minimum_minor, product.maximum_minor
    kind = LineKind.SUPPLEMENTARY if shares.until_us is None else LineKind.TEMPORARY
    return shared_range(product, kind, shares.parent_line_minor)
