"""A stored decision in sentences, Chinese or English, for whoever asks "why?"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from engine.currency import MINOR_DIGITS
from engine.explain_score import parts_of
from engine.outcome import (
    Decision,
    ExpectedLimit,
    GraphFinding,
    LimitStatus,
    LineResult,
    ListHit,
    Outcome,
    RequiredDocument,
    ScoreResult,
    StageTrace,
)
from engine.record import DecisionRecord
from engine.rules import Bundle
from engine.rules.speech import explain_bundle

_OUTCOMES = {
    Outcome.APPROVE: ("approved", "批准"),
    Outcome.REFER: ("referred to a reviewer", "转人工审核"),
    Outcome.DECLINE: ("declined", "拒绝"),
}
_LIMITS = {
    LimitStatus.MET: (
        "The hoped-for limit {target} is reached.",
        "期望额度{target}可以满足。",
    ),
    LimitStatus.NEEDS_EVIDENCE: (
        "The hoped-for limit {target} needs further proof; {gap} are missing.",
        "期望额度{target}需要补充证明材料, 尚差{gap}。",
    ),
    LimitStatus.PARTIAL: (
        "Of the hoped-for limit {target}, {offer} can be offered.",
        "期望额度{target}中可提供{offer}。",
    ),
    LimitStatus.UNREACHABLE: (
        "The hoped-for limit {target} is out of reach.",
        "期望额度{target}无法达到。",
    ),
    LimitStatus.UNDETERMINED: (
        "Whether the hoped-for limit {target} is possible cannot be told.",
        "尚无法确定能否达到期望额度{target}。",
    ),
}
_STEPS = {
    "income": ("verified income", "已核实收入"),
    "debt_service": ("debt service", "偿债能力"),
    "expected_loss": ("risk", "风险"),
    "total_exposure": ("lines already granted", "已授信额度"),
    "segment": ("customer segment ceiling", "客群上限"),
    "product": ("product ceiling", "产品上限"),
    "group": ("connected group", "关联群体"),
    "policy": ("policy", "政策"),
    "parent": ("the line that is shared", "所共享的额度"),
}


_PROOFS = {
    "payroll_flow": ("payroll flow a month", "每月工资流水"),
    "tax": ("taxed income a month", "每月个税收入"),
    "housing_fund": ("housing-fund income a month", "每月公积金对应收入"),
    "social_security": ("social-security income a month", "每月社保对应收入"),
    "property": ("property", "房产"),
    "vehicle": ("vehicle", "车辆"),
    "deposits": ("deposits and wealth products", "存款及理财"),
}


_KINDS = {
    "device": ("device", "设备"),
    "phone": ("phone", "手机号"),
    "email": ("e-mail", "电子邮箱"),
    "address": ("address", "地址"),
    "employer": ("employer", "工作单位"),
    "id_number": ("ID number", "证件号码"),
    "bank_account": ("bank account", "银行账户"),
    "ip": ("IP address", "IP地址"),
}
_MOST_LINKS = 3


def explain(record: DecisionRecord, language: str, bundle: Bundle | None = None) -> tuple[str, ...]:
    """Sentences in the order to be read. ``language``: "zh" or "en".

    ``bundle``: rules that hit are said in words if it is the one that decided; another is ignored,
    since its rules may say something else today.
    """
    said: dict[str, str] = {}
    if bundle is not None and bundle.digest == record.decision.policy_digest:
        sentences = explain_bundle(bundle, "zh" if language == "zh" else "en")
        said = {item.rule_id: item.sentence for item in sentences}
    return tuple(_sentences(record.decision, int(language == "zh"), said))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision in sentences, and its scores with their parts as far as they can be told."""

    sentences: tuple[str, ...]
    score: ScoreResult | None
    fraud_score: ScoreResult | None

    @classmethod
    def of(cls, record: DecisionRecord, language: str, bundle: Bundle | None = None) -> Explanation:
        """As ``explain``."""
        return cls(
            sentences=explain(record, language, bundle),
            score=record.decision.score,
            fraud_score=record.decision.fraud_score,
        )


def _sentences(decision: Decision, zh: int, said: Mapping[str, str]) -> Iterator[str]:
    day = _moment(decision.as_of_us)
    outcome = _OUTCOMES[decision.outcome][zh]
    yield (
        f"{day}: 产品 {decision.product} 的申请被{outcome}。"
        if zh
        else f"{day}: the application for {decision.product} was {outcome}."
    )
    for reason in decision.reasons:
        yield reason.text_zh if zh else reason.text_en
    yield from _documents(decision.documents, zh)
    yield from (_finding(finding, zh) for finding in decision.findings)
    yield from (_listed(hit, zh) for hit in decision.list_hits)
    if decision.fraud_score is not None:
        yield _fraud(decision.fraud_score, decision.findings, zh)
        yield from _parts(decision.fraud_score, "欺诈评分" if zh else "The fraud score", zh)
    if decision.score is not None:
        points, pd = decision.score.points, decision.score.pd
        yield (
            f"信用评分 {points} 分, 违约概率 {pd:.2%}。"
            if zh
            else f"The score is {points} points; the probability of default is {pd:.2%}."
        )
        yield from _parts(decision.score, "信用评分" if zh else "The score", zh)
    if decision.line is not None:
        yield _line(decision, decision.line, zh)
        yield from _shared(decision, decision.line, zh)
    yield from _limit(decision.expected_limit, decision.currency, zh)
    for degradation in decision.degradations:
        yield (
            f"数据源 {degradation.source} 未能应答 ({degradation.status}), "
            f"按策略处理: {degradation.fallback}。"
            if zh
            else f"Source {degradation.source} was {degradation.status}; "
            f"the declared fallback is: {degradation.fallback}."
        )
    for stage in decision.stages:
        yield _stage(stage, zh)
        yield from (f"{r.rule_id}: {said[r.rule_id]}" for r in stage.rules if r.rule_id in said)
    yield (
        f"依据政策包 {decision.policy_digest}。"
        if zh
        else f"Decided under policy bundle {decision.policy_digest}."
    )


def _moment(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _amount(minor: int, currency: str) -> str:
    digits = MINOR_DIGITS[currency]
    return f"{currency} {Decimal(minor).scaleb(-digits):,.{digits}f}"


def _line(decision: Decision, line: LineResult, zh: int) -> str:
    amount = _amount(line.line_minor, decision.currency)
    names = _STEPS.get(line.binding_cap.value, (line.binding_cap.value,) * 2)
    final = decision.outcome is Outcome.APPROVE
    if zh:
        return f"{'额度' if final else '按现有信息可承受额度'} {amount}, 约束因素: {names[1]}。"
    lead = "The line is" if final else "The facts so far would carry"
    return f"{lead} {amount}; the binding cap is {names[0]}."


def _shared(decision: Decision, line: LineResult, zh: int) -> Iterator[str]:
    """Whose line it is a part of, or whose it raises and until when."""
    shares = line.shares
    if shares is None:
        return
    own = _amount(shares.parent_line_minor, decision.currency)
    if shares.until_us is None:
        yield (
            f"该额度为主卡额度 {own} (决策 {shares.parent}) 的一部分, 不新增授信。"
            if zh
            else f"It is part of the primary card's line of {own} (decision {shares.parent}) and"
            " adds no credit."
        )
        return
    until = _moment(shares.until_us)
    yield (
        f"原额度 {own} (决策 {shares.parent}) 临时提升至 {until}, 到期后恢复原额度。"
        if zh
        else f"The card's own line is {own} (decision {shares.parent}); a raise holds until"
        f" {until}, then the line is its own again."
    )


def _limit(answer: ExpectedLimit, currency: str, zh: int) -> Iterator[str]:
    texts = _LIMITS.get(answer.status)
    if texts is not None:
        yield texts[zh].format(
            target=_amount(answer.target_minor or 0, currency),
            offer=_amount(answer.offer_minor, currency),
            gap=_amount(answer.gap_minor, currency),
        )
    yield from _plan(answer, currency, zh)


def _plan(answer: ExpectedLimit, currency: str, zh: int) -> Iterator[str]:
    """What the customer can bring: each proof with the least that it must show."""
    if not answer.plan:
        return
    items = [
        (_PROOFS.get(item.proof, (item.proof,) * 2)[zh], _amount(item.least_amount_minor, currency))
        for item in answer.plan
    ]
    if zh:
        yield f"可补充: {'、'.join(f'{proof}不低于 {amount}' for proof, amount in items)}。"
    else:
        yield f"Proof that would help: {', '.join(f'{p} of at least {a}' for p, a in items)}."


def _documents(documents: Iterable[RequiredDocument], zh: int) -> Iterator[str]:
    asked = [f"{d.text_zh if zh else d.text_en} ({d.code})" for d in documents]
    if asked:
        yield f"需提供: {'; '.join(asked)}。" if zh else f"Asked for: {'; '.join(asked)}."


def _finding(finding: GraphFinding, zh: int) -> str:
    if zh:
        return (
            f"图谱发现 {finding.code}: {finding.kind} {finding.masked} 另有 "
            f"{finding.applicants} 个申请使用, 其中 {finding.fraud} 个已确认欺诈。"
        )
    return (
        f"Graph finding {finding.code}: {finding.kind} {finding.masked} is on "
        f"{finding.applicants} other applications, {finding.fraud} of them known as fraud."
    )


def _parts(score: ScoreResult, name: str, zh: int) -> Iterator[str]:
    parts = parts_of(score, zh)
    if parts:
        yield f"{name}构成: {parts}。" if zh else f"{name} is made of: {parts}."


def _fraud(score: ScoreResult, findings: Iterable[GraphFinding], zh: int) -> str:
    """The fraud score with the links that it rests on."""
    links = [_link(finding, zh) for finding in findings if finding.code != "HUB" and finding.kind]
    told = links[:_MOST_LINKS] if score.families else []
    if zh:
        because = f": {'; '.join(told)}" if told else ""
        return f"欺诈评分 {score.points} 分, 欺诈概率 {score.pd:.2%}{because}。"
    because = f": {'; '.join(told)}" if told else ""
    return (
        f"The fraud score is {score.points} points; "
        f"the probability of fraud is {score.pd:.2%}{because}."
    )


def _link(finding: GraphFinding, zh: int) -> str:
    """``device **** used by 4 applicants, 3 in 7 days, 2 confirmed fraud``."""
    names = _KINDS.get(finding.kind, (finding.kind,) * 2)
    if zh:
        return (
            f"{names[1]} {finding.masked} 另有 {finding.applicants} 个申请使用, "
            f"近7天 {finding.applicants_7d} 个, 已确认欺诈 {finding.fraud} 个"
        )
    return (
        f"{names[0]} {finding.masked} used by {finding.applicants} other applicants, "
        f"{finding.applicants_7d} in 7 days, {finding.fraud} confirmed fraud"
    )


def _listed(hit: ListHit, zh: int) -> str:
    kinds = {"watch": "关注", "block": "拦截", "allow": "放行"}
    reason = hit.reason and (f" ({hit.reason})" if not zh else f"({hit.reason})")
    if zh:
        return f"申请人在{kinds.get(hit.kind, hit.kind)}名单 {hit.list} 中{reason}。"
    return f"The applicant is on the {hit.kind} list {hit.list}{reason}."


def _stage(stage: StageTrace, zh: int) -> str:
    if stage.skipped_because:
        return (
            f"阶段 {stage.stage} 已跳过: {stage.skipped_because}。"
            if zh
            else f"Stage {stage.stage} was skipped: {stage.skipped_because}."
        )
    rules = ", ".join(f"{rule.rule_id} ({rule.result.value})" for rule in stage.rules)
    if zh:
        return f"阶段 {stage.stage} 已执行; 触发规则: {rules or '无'}。"
    return f"Stage {stage.stage} ran; rules: {rules or 'none'}."
