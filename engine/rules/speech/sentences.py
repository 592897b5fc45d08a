"""A whole rule, row or ruleset in sentences: the condition, what follows, and what if unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.outcome import Outcome
from engine.rules.ast import Literal
from engine.rules.labels import Language
from engine.rules.model import Bundle, Effects, Fallback, Rule, Stage, Undecided
from engine.rules.speech.shapes import can_be_unknown
from engine.rules.speech.speaker import Speaker
from engine.rules.speech.values import amount
from engine.rules.tables.model import HitPolicy

_OUTCOMES = {
    Outcome.APPROVE: ("approve", "批准"),
    Outcome.REFER: ("refer to a reviewer", "转人工审核"),
    Outcome.DECLINE: ("decline", "拒绝"),
}
_HIT_POLICIES = {
    HitPolicy.FIRST: ("the first row that holds applies", "自上而下以首个满足的行为准"),
    HitPolicy.UNIQUE: ("at most one row may hold", "至多一行满足, 多行满足视为错误"),
    HitPolicy.COLLECT: ("every row that holds applies", "所有满足的行均生效"),
}


@dataclass(frozen=True, slots=True)
class RuleSentence:
    """A rule in words; ``stage`` and ``ruleset`` say where it stands."""

    stage: str
    ruleset: str
    rule_id: str
    sentence: str


def explain_rule(rule: Rule, language: Language, currency: str) -> str:
    """The rule's sentence, with what follows if its condition is unknown or fails."""
    zh = int(language == "zh")
    effects = ", 并".join if zh else " and ".join
    then = effects(_effects(rule.then, zh, currency)) or ("不作处理" if zh else "nothing follows")
    return _if(rule, language, currency, then) + _undecided(rule, zh)


def explain_bundle(bundle: Bundle, language: Language) -> tuple[RuleSentence, ...]:
    """Every rule's sentence, stage by stage in the order of the agenda."""
    return tuple(
        RuleSentence(
            stage=stage.name,
            ruleset=rule.ruleset,
            rule_id=rule.id,
            sentence=explain_rule(rule, language, bundle.strategy.currency),
        )
        for stage in bundle.strategy.stages
        for rule in bundle.rules_of(stage)
    )


def explain_stage(bundle: Bundle, stage: Stage, language: Language) -> str:
    """The heading of a stage: its rulesets, and how its tables are read."""
    zh = int(language == "zh")
    lead = f"阶段 {stage.name}" if zh else f"Stage {stage.name}"
    tables = [
        (name, table.hit) for name in stage.rulesets if (table := bundle.rulesets[name].table)
    ]
    if not tables:
        return lead
    told = "; ".join(
        f"决策表 {name}: {_HIT_POLICIES[hit][1]}"
        if zh
        else f"table {name}: {_HIT_POLICIES[hit][0]}"
        for name, hit in tables
    )
    return f"{lead} ({told})"


def _if(rule: Rule, language: Language, currency: str, then: str) -> str:
    zh = language == "zh"
    if rule.row is not None and rule.row.otherwise:
        return f"若其他行均不满足: {then}。" if zh else f"If no other row holds: {then}."
    tree = rule.when.tree
    clause = Speaker(language, currency).condition(tree)
    if isinstance(tree, Literal):
        return f"{clause}: {then}。" if zh else f"{clause[0].upper()}{clause[1:]}: {then}."
    return f"若{clause}: {then}。" if zh else f"If {clause}: {then}."


def _effects(then: Effects, zh: int, currency: str) -> Iterator[str]:
    if then.outcome is not None:
        reason = (f"(原因 {then.reason})" if zh else f" (reason {then.reason})") * bool(then.reason)
        yield _OUTCOMES[then.outcome][zh] + reason
    if then.signal:
        yield f"触发信号 {then.signal}" if zh else f"set signal {then.signal}"
    if then.require:
        names = ("、" if zh else ", ").join(then.require)
        yield f"要求补充 {names}" if zh else f"ask for {names}"
    if then.cap_line_minor is not None:
        most = amount(then.cap_line_minor, currency, "zh" if zh else "en")
        yield f"额度上限为{most}" if zh else f"cap the line at {most}"
    if then.adjust_points:
        points = abs(then.adjust_points)
        if zh:
            yield f"评分{'加' if then.adjust_points > 0 else '减'}{points}分"
        else:
            yield f"{'add' if then.adjust_points > 0 else 'take off'} {points} points"


def _undecided(rule: Rule, zh: int) -> str:
    said = ""
    if can_be_unknown(rule.when.tree):
        said += _fallback(rule.on_unknown, ("If that is not known", "如无法判断")[zh], zh)
    if rule.when.can_err:
        said += _fallback(rule.on_error, ("If it cannot be worked out", "如计算出错")[zh], zh)
    return said


def _fallback(undecided: Undecided, lead: str, zh: int) -> str:
    if undecided.fallback is Fallback.IGNORE or undecided.outcome is None:
        return f"{lead}: 忽略。" if zh else f" {lead}: ignore the rule."
    outcome = _OUTCOMES[undecided.outcome][zh]
    reason = undecided.reason
    return f"{lead}: {outcome}(原因 {reason})。" if zh else f" {lead}: {outcome} (reason {reason})."
