"""reasons.yaml: what a customer is told, in English and Chinese."""

from __future__ import annotations

from yaml.nodes import Node

from engine.outcome import CapName
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.model import ReasonText
from engine.rules.reader import UPPER_NAME, Reader
from engine.rules.source import Source, span_at

INFORMATION_MISSING = "INFORMATION_MISSING"
RULE_ERROR = "RULE_ERROR"
#: Stands for the families in which the score lost most; whoever has the score expands it.
SCORE_FAMILIES = "SCORE_FAMILIES"
FAMILIES = ("delinquency", "utilisation", "payment", "balance", "history")

#: Reasons that the engine itself gives, so that every catalogue must word them.
BUILT_IN = (
    INFORMATION_MISSING,
    RULE_ERROR,
    "SOURCE_UNAVAILABLE",
    SCORE_FAMILIES,
    *(f"SCORE_{family.upper()}" for family in FAMILIES),
    *(f"LINE_CAP_{cap.value.upper()}" for cap in CapName if cap is not CapName.PARENT),
    "LINE_BELOW_MINIMUM",
)


#: Reasons that the engine gives where a line shares another's. A catalogue may word them itself;
#: one that was written before there were any says this.
WORDED = {
    code: ReasonText(code=code, text_en=text_en, text_zh=text_zh)
    for code, text_en, text_zh in (
        (
            f"LINE_CAP_{CapName.PARENT.upper()}",
            "The line is part of another card's line, or a raise of it, and cannot go further.",
            "该额度与其他卡片共享或在原额度基础上临时提升,已达可用上限。",
        ),
        (
            "PARENT_UNKNOWN",
            "The card whose line is to be shared could not be found; a colleague has to check it.",
            "未能找到所共享额度的卡片,需由人工核实。",
        ),
        (
            "PARENT_WITHOUT_LINE",
            "The card whose line this one would share has no line at present.",
            "所共享额度的卡片目前没有可用额度。",
        ),
        (
            "PARENT_NOT_SUITABLE",
            "The line of the card you named cannot be shared in this way.",
            "您指定卡片的额度不能以此方式共享。",
        ),
        (
            "LINE_NOT_RAISED",
            "The line of your card cannot be raised for a time at present; it stays as it is.",
            "您的额度目前无法临时提升,原额度保持不变。",
        ),
    )
}


def read_reasons(source: Source, node: Node, found: Diagnostics) -> dict[str, ReasonText]:
    """The catalogue by code."""
    reader = Reader(source, node, found, "the reason catalogue")
    reader.allow(("reasons",))
    reasons: dict[str, ReasonText] = {}
    section = reader.mapping("reasons", "`reasons`")
    if section is None:
        return reasons

    def add(code: str, entry: Reader) -> None:
        if not UPPER_NAME.match(code):
            found.error(
                Code.BAD_NAME, f"`{code}` is not a reason code: UPPER_SNAKE_CASE", entry.span
            )
        entry.allow(("text_en", "text_zh"))
        reasons[code] = ReasonText(
            code=code, text_en=entry.text("text_en"), text_zh=entry.text("text_zh")
        )

    section.each(add, "reason")
    for code in BUILT_IN:
        if code not in reasons:
            found.error(
                Code.MISSING_BUILT_IN_REASON,
                f"the catalogue lacks `{code}`, which the engine itself gives",
                span_at(source, 0, 1),
            )
    return WORDED | reasons
