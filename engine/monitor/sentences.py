"""An explanation in ranked sentences, English and Chinese, every one with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from engine.monitor.causes import Cause, Key, Kind
from engine.monitor.cells import Metric
from engine.monitor.explanation import Explanation
from engine.monitor.features import Effect
from engine.monitor.policies import PolicyEffect, Shift

Language = Literal["en", "zh"]
_MOST_FEATURES, _MOST_SHIFTS = 3, 5
_TINY = 0.001
_NAMED = 0.05

_METRICS: Mapping[Metric, tuple[str, str]] = {
    Metric.APPROVAL: ("approval rate", "批准率"),
    Metric.POINTS: ("mean score", "平均评分"),
    Metric.PD: ("mean PD", "平均违约概率"),
    Metric.LINE: ("mean approved line", "平均授信额度"),
}
_WHERE: Mapping[str, tuple[str, str]] = {
    "product": ("product", "产品"),
    "channel": ("channel", "渠道"),
    "customer_segment": ("customer segment", "客群"),
    "branch": ("branch", "分行"),
    "staff_member": ("staff member", "人员"),
    "partner": ("partner", "合作机构"),
    "degradation": ("source failure", "数据源故障"),
}
_TEXTS: Mapping[str, tuple[str, str]] = {
    "change": (
        "The {metric} went from {before} to {after}: {change} (n {n} and {m}, {p}).",
        "{metric}由 {before} 变为 {after}: {change} (n = {n} 与 {m}, {p})。",
    ),
    "nothing": (
        "The {metric} cannot be compared: one of the windows has none.",
        "{metric}无法比较: 其中一个窗口没有数据。",
    ),
    "chance": (
        "As a whole that is no more than chance explains.",
        "总体变化未超出随机波动。",
    ),
    "alike": (
        "No segment moved differently from the others: look at features, rules and policy.",
        "没有任何细分群体与其余群体变化不同: 请查看特征, 规则与策略。",
    ),
    "rate": (
        (
            "{where}: its {metric} went from {before} to {after}, that of all others from"
            " {rest_before} to {rest_after}; {role} (n {n} and {m}, {p})."
        ),
        (
            "{where}: 其{metric}由 {before} 变为 {after}, 其余由 {rest_before} 变为 {rest_after};"
            " {role} (n = {n} 与 {m}, {p})。"
        ),
    ),
    "mix": (
        (
            "{where}: its share went from {share_before} to {share_after}, its {metric}"
            " being {own} against {others} elsewhere; {role} (n {n} and {m}, {p})."
        ),
        (
            "{where}: 占比由 {share_before} 变为 {share_after}, 其{metric}为 {own},"
            " 其余为 {others}; {role} (n = {n} 与 {m}, {p})。"
        ),
    ),
    "with": (
        "this explains {effect} of {change}",
        "解释 {effect}, 共 {change}",
    ),
    "against": (
        "this works against the change of {change} with {effect}",
        "与 {change} 的总体变化方向相反, 抵消 {effect}",
    ),
    "sum": (
        (
            "With the change {ahead}, against it {behind}, and {rest} that nothing named above"
            " explains: these add to {change}."
        ),
        "同向 {ahead}, 反向 {behind}, 其余 {rest} 未归因于以上各项: 合计 {change}。",
    ),
    "policy": (
        (
            "The policy changed: the second window decided under policy {digest} of the first would"
            " differ; {role}, and the population explains {rest} ({n} decided again, {p})."
        ),
        (
            "策略已变更: 以第一窗口的策略 {digest} 重新决策第二窗口, 结果不同; 策略{role};"
            " 客群变化解释 {rest} (重算 {n} 笔, {p})。"
        ),
    ),
    "same_policy": (
        (
            "It is not the policy: the second window decided under policy {digest} of the first"
            " differs by {effect} only ({n} decided again, {p})."
        ),
        (
            "并非策略所致: 以第一窗口的策略 {digest} 重新决策第二窗口, 仅相差 {effect}"
            " (重算 {n} 笔, {p})。"
        ),
    ),
    "family": (
        (
            "Features of {name}: {points} of {change} points of the mean score{role} (samples of"
            " {n} and {m}, {p})."
        ),
        "{name} 类特征: 平均评分 {points} 分{role} (共 {change} 分; 样本 {n} 与 {m}, {p})。",
    ),
    "feature": (
        "Feature {name}: {points} of {change} points of the mean score{role}{csi} ({p}).",
        "特征 {name}: 平均评分 {points} 分{role} (共 {change} 分){csi} ({p})。",
    ),
    "effect_against": (", against the change", ", 与总体变化方向相反"),
    "other_family": (
        "All other families of features: {points}; with those above {change} points.",
        "其余各类特征合计: {points} 分; 与以上各类相加为 {change} 分。",
    ),
    "other_feature": (
        "All other features: {points}; with those above {change} points.",
        "其余特征合计: {points} 分; 与以上特征相加为 {change} 分。",
    ),
    "rule": (
        "Rule {code} hit {before}, now {after} ({p}).",
        "规则 {code} 命中率由 {before} 变为 {after} ({p})。",
    ),
    "leading": (
        "Not approved for {code} first: {before}, now {after} ({p}).",
        "首要拒绝或转审原因 {code}: 由 {before} 变为 {after} ({p})。",
    ),
    "degradation": (
        "Source failure {code}: {before} of decisions, now {after} ({p}).",
        "数据源故障 {code}: 占决策由 {before} 变为 {after} ({p})。",
    ),
}


def sentences(found: Explanation, language: Language, unit: int = 100) -> tuple[str, ...]:
    """Ranked: the change, its causes, what works against it and the rest; features; then reasons,
    rules and sources. Causes and the rest add to the change as printed, whatever the rounding.

    ``unit``: minor units in a major one, for lines.
    """
    return tuple(_Speaker(found, 0 if language == "en" else 1, unit).say())


def amounts(found: Explanation, unit: int = 100) -> tuple[str, ...]:
    """As printed in English: the effects of the account's parts, the rest, and the whole change.

    Rounded so that what is printed adds. ``unit``: minor units in a major one, for lines.
    """
    return _Speaker(found, 0, unit).amounts()


class _Speaker:
    def __init__(self, found: Explanation, language: int, unit: int) -> None:
        self._found, self._language, self._unit = found, language, unit

    def say(self) -> Iterator[str]:
        found = self._found
        if not found.before.n or not found.after.n:
            yield self._text("nothing")
            return
        yield self._text(
            "change",
            before=self._value(float(found.before.mean)),
            after=self._value(float(found.after.mean)),
            n=f"{found.before.n:,}",
            m=f"{found.after.n:,}",
            p=_p(found.p_value),
        )
        if not found.significant:
            yield self._text("chance")
        parts = found.account.parts
        for part in parts:
            yield self._cause(part) if isinstance(part, Cause) else self._policy(part)
        if parts:
            yield self._sum()
        if found.policy is not None and found.policy not in parts:
            yield self._policy(found.policy)
        if found.significant and not parts:
            yield self._text("alike")
        yield from self._features()
        for name, moved in (
            ("leading", found.leading),
            ("rule", found.rules),
            ("degradation", found.degradations),
        ):
            sure = [shift for shift in moved if shift.p_value < _NAMED]
            yield from (self._shift(name, shift) for shift in sure[:_MOST_SHIFTS])

    def _sum(self) -> str:
        """In steps of the last digit that is printed, so that what is printed adds."""
        found = self._found
        ahead, behind = (
            sum(self._steps(part.effect) for part in side) for side in (found.named, found.against)
        )
        told = {"ahead": ahead, "behind": behind, "rest": self._rest()}
        return self._text("sum", **{name: self._step(steps) for name, steps in told.items()})

    def _rest(self) -> int:
        found = self._found
        named = sum(self._steps(part.effect) for part in found.account.parts)
        return self._steps(found.change) - named

    def amounts(self) -> tuple[str, ...]:
        effects = [self._steps(part.effect) for part in self._found.account.parts]
        steps = [*effects, self._rest(), self._steps(self._found.change)]
        return tuple(map(self._step, steps))

    def _role(self, effect: float) -> str:
        which = "with" if self._found.sign * effect > 0 else "against"
        return self._text(which, effect=self._change(effect))

    def _cause(self, cause: Cause) -> str:
        share = self._found.before.n, self._found.after.n
        own = _together(cause.mean_before, cause.n_before, cause.mean_after, cause.n_after)
        others = _together(
            cause.rest_before,
            share[0] - cause.n_before,
            cause.rest_after,
            share[1] - cause.n_after,
        )
        return self._text(
            "rate" if cause.kind is Kind.RATE else "mix",
            where=self._where(cause.key),
            before=self._value(cause.mean_before),
            after=self._value(cause.mean_after),
            rest_before=self._value(cause.rest_before),
            rest_after=self._value(cause.rest_after),
            share_before=_percent(cause.share_before),
            share_after=_percent(cause.share_after),
            own=self._value(own),
            others=self._value(others),
            role=self._role(cause.effect),
            n=f"{cause.n_before:,}",
            m=f"{cause.n_after:,}",
            p=_p(cause.p_value),
        )

    def _policy(self, effect: PolicyEffect) -> str:
        return self._text(
            "policy" if effect.named else "same_policy",
            digest=effect.digest[:16],
            role=self._role(effect.effect),
            effect=self._change(effect.effect),
            rest=self._change(self._found.change - effect.effect),
            n=f"{effect.n:,}",
            p=_p(effect.p_value),
        )

    def _features(self) -> Iterator[str]:
        effects = self._found.features
        if effects is None or self._found.metric is Metric.LINE:
            return
        change = f"{effects.change:+.2f}"
        for name, ranked in (("family", effects.families), ("feature", effects.features)):
            ahead, behind = effects.sides(ranked)
            told = [*ahead[:_MOST_FEATURES], *behind[:_MOST_FEATURES]]
            for effect in told:
                yield self._text(
                    name,
                    name=effect.name,
                    points=f"{effect.points:+.2f}",
                    change=change,
                    role=self._text("effect_against") if effect in behind else "",
                    csi=_csi(effect),
                    n=f"{effects.n_before:,}",
                    m=f"{effects.n_after:,}",
                    p=_p(effect.p_value),
                )
            if told:
                rest = round(100 * effects.change) - sum(round(100 * e.points) for e in told)
                yield self._text(f"other_{name}", points=f"{rest / 100:+.2f}", change=change)

    def _shift(self, name: str, shift: Shift) -> str:
        return self._text(
            name,
            code=shift.code,
            before=_percent(shift.share_before),
            after=_percent(shift.share_after),
            p=_p(shift.p_value),
        )

    def _text(self, which: str, /, **given: str) -> str:
        values = {
            "metric": _METRICS[self._found.metric][self._language],
            "change": self._change(self._found.change),
        } | given
        return _TEXTS[which][self._language].format(**values)

    def _where(self, key: Key) -> str:
        parts = [f"{_WHERE[name][self._language]} {value or '(none)'}" for name, value in key]
        return (" and ", " 且 ")[self._language].join(parts)

    def _value(self, value: float) -> str:
        if self._found.metric in {Metric.APPROVAL, Metric.PD}:
            return _percent(value)
        if self._found.metric is Metric.POINTS:
            return f"{value:.1f}"
        return f"{value / self._unit:,.0f}"

    def _change(self, value: float) -> str:
        return self._step(self._steps(value))

    def _steps(self, value: float) -> int:
        """In hundredths, of a point or of a percentage point; lines in major units."""
        if self._found.metric is Metric.LINE:
            return round(value / self._unit)
        return round(value * (100 if self._found.metric is Metric.POINTS else 10_000))

    def _step(self, steps: int) -> str:
        if self._found.metric is Metric.LINE:
            return f"{steps:+,}"
        unit = ("分" if self._found.metric is Metric.POINTS else "个百分点", "points")
        return f"{steps / 100:+.2f} {unit[self._language == 0]}"


def _together(first: float, n: int, second: float, m: int) -> float:
    return (first * n + second * m) / (n + m) if n + m else 0.0


def _csi(effect: Effect) -> str:
    return "" if effect.csi is None else f", CSI {effect.csi.psi:.3f}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _p(value: float) -> str:
    return f"p < {_TINY}" if value < _TINY else f"p = {value:.3f}"
