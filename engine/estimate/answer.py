"""A trial calculation from what is known so far: a range, what would narrow it, what is certain."""

from __future__ import annotations

from dataclasses import replace

from engine.estimate.missing import missing_facts
from engine.estimate.prospect import Prospect, as_if_proved
from engine.estimate.result import Estimate, LineRange, MissingFact
from engine.estimate.road import Travelled, travel
from engine.facts import day_of
from engine.lines import Product, compute_line, expected_limit
from engine.lines.sharing import target_of
from engine.outcome import ExpectedLimit, LimitStatus, LineResult, Outcome
from engine.policy import Policy
from engine.reasons import ranked
from engine.rules.wording import Section
from engine.wording import Speaker, Voice, joined, worded_limit
from engine.wording.formats import listed

_RANGES = Section.RANGES


def estimate_partly(policy: Policy, prospect: Prospect, as_of_us: int) -> Estimate:
    """What ``evaluate`` could answer to applications that agree with the prospect.

    However the rest comes out, links and history aside: an application that is not declined gets a
    line within ``range``, and one that is declined is so by a rule among ``untold``, or for a line
    below the minimum of the product.
    """
    day = day_of(as_of_us, policy.bundle.strategy.utc_offset_minutes)
    product = policy.products[prospect.product]
    speaker = Speaker(policy.bundle, product)
    found = travel(policy, prospect, day)
    missing = missing_facts(speaker, product, found.hidden, found.untold)
    line = _exact_line(product, found)
    limit = _limit(product, prospect, found, line)
    if limit.plan:
        limit = replace(limit, plan_policy_digest=policy.digest)
    limit = worded_limit(policy.bundle, product, limit, found.outcome, line, Voice.ESTIMATE)
    if found.outcome is Outcome.DECLINE:
        missing = ()
    known = _range(speaker, found, "known")
    proved = None
    if prospect.has_hopes and known is not None:
        proved = _range(speaker, travel(policy, as_if_proved(prospect, product), day), "proved")
    en, zh = _text(speaker, found, known, proved, missing)
    return Estimate(
        currency=policy.bundle.strategy.currency,
        outcome=found.outcome,
        line=line,
        expected_limit=limit,
        score=found.score,
        reasons=ranked(found.reasons, found.outcome),
        documents=speaker.documents(found.documents),
        stages=found.stages,
        policy_digest=policy.digest,
        text_en=en,
        text_zh=zh,
        range=known,
        range_if_proved=proved,
        missing=missing,
        untold=found.untold,
    )


def _exact_line(product: Product, found: Travelled) -> LineResult | None:
    bounds = found.bounds
    if bounds is None or bounds.inputs is None or not bounds.proofs_known:
        return None
    return compute_line(product, bounds.inputs)


def _limit(
    product: Product, prospect: Prospect, found: Travelled, line: LineResult | None
) -> ExpectedLimit:
    """Exact where the line is, or would be without proof; else what is certain of it."""
    bounds, asked = found.bounds, prospect.expected_limit_minor
    if asked is not None and bounds is not None and bounds.inputs is not None:
        line = compute_line(product, bounds.inputs)
    declined = found.outcome is Outcome.DECLINE
    exact = expected_limit(
        product,
        line=line,
        asked_minor=asked,
        declined=declined,
        inputs=None if bounds is None else bounds.inputs,
    )
    if asked is None or line is not None or bounds is None:
        return exact
    target = target_of(product, asked)
    beyond = max(target - bounds.reachable_minor[1], 0)
    offer = min(bounds.lowest_minor, target)
    return replace(
        exact,
        status=_status(bounds.lowest_minor, bounds.reachable_minor[1], target),
        offer_minor=offer,
        gap_minor=target - offer,
        highest_minor=None,
        unreachable_minor=beyond,
        unreachable_cap=bounds.beyond_cap if beyond else None,
    )


def _status(lowest: int, reachable: int, target: int) -> LimitStatus:
    """Certain at either end, open between."""
    if lowest >= target:
        return LimitStatus.MET
    return LimitStatus.UNDETERMINED if reachable else LimitStatus.UNREACHABLE


def _range(speaker: Speaker, found: Travelled, name: str) -> LineRange | None:
    bounds = found.bounds
    if bounds is None:
        return None
    lowest, highest = bounds.lowest_minor, bounds.highest_minor
    places = {"lowest": speaker.money(lowest), "highest": speaker.money(highest)}
    which = f"{name}_nothing" if highest == 0 else f"{name}_exact" if lowest == highest else name
    en, zh = speaker.say(_RANGES, which, places)
    return LineRange(lowest_minor=lowest, highest_minor=highest, text_en=en, text_zh=zh)


def _text(
    speaker: Speaker,
    found: Travelled,
    known: LineRange | None,
    proved: LineRange | None,
    missing: tuple[MissingFact, ...],
) -> tuple[str, str]:
    """The whole answer, apart from that to the limit hoped for."""
    name = {
        Outcome.APPROVE: "estimated_approved",
        Outcome.REFER: "estimated_referred",
        Outcome.DECLINE: "estimated_declined",
    }[found.outcome]
    nothing = {"line": speaker.money(0 if known is None else known.highest_minor)}
    said = [speaker.say(Section.DECISION, name, nothing)]
    if found.may_decline:
        said.append(speaker.say(_RANGES, "may_be_declined", {}))
    said += [(one.text_en, one.text_zh) for one in (known, proved) if one is not None]
    exact = known is not None and known.is_exact
    asked = {
        "missing_application" if exact else "missing": [x for x in missing if not x.when_applying],
        "asked_when_applying": [x for x in missing if x.when_applying],
    }
    for name, facts in asked.items():
        if facts:
            places = {"facts": listed([(one.text_en, one.text_zh) for one in facts])}
            said.append(speaker.say(_RANGES, name, places))
    return joined(said)
