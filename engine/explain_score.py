"""Where the points of a score come from, in a sentence, Chinese or English."""

from __future__ import annotations

from engine.outcome import ScoreResult

FAMILIES = {
    "delinquency": ("late payments", "逾期"),
    "utilisation": ("use of limits", "额度使用率"),
    "payment": ("payments", "还款"),
    "balance": ("balances", "欠款余额"),
    "history": ("credit history", "信用历史"),
    "known_fraud": ("links to known fraud", "与已确认欺诈的关联"),
    "shared_identifiers": ("shared identifiers", "共用标识"),
    "named_persons": ("named persons", "共同指定人"),
    "same_address": ("the same address", "同一地址"),
    "circle": ("the wider circle", "外围关联"),
    "setting": ("channel and setting", "渠道与环境"),
    "policy": ("policy", "政策调整"),
}
"""By family, in English and Chinese; one that a card of one's own names stands as it is."""


def parts_of(score: ScoreResult, zh: int) -> str:
    """``560 to begin with, payments +34, late payments -6``: adds to the points. "" if not told."""
    if score.base_points is None:
        return ""
    totals: dict[str, int] = {}
    for part in score.contributions:
        totals[part.family] = totals.get(part.family, 0) + part.points
    named = [
        f"{FAMILIES.get(family, (family, family))[zh]} {points:+}"
        for family, points in totals.items()
        if points
    ]
    begin = f"基础分 {score.base_points}" if zh else f"{score.base_points} to begin with"
    return ", ".join((begin, *named))
