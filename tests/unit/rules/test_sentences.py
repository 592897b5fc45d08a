"""Rules in words, as a reviewer reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main
from engine.rules import load_bundle
from engine.rules.labels import LANGUAGES, Language
from engine.rules.speech import Speaker, explain_bundle
from tests.unit.rules.bundles import SHIPPED
from tests.unit.rules.conditions import condition

_GOLDEN = Path(__file__).parents[2] / "golden" / "sentences"


def _said(language: Language) -> str:
    sentences = explain_bundle(load_bundle(SHIPPED), language)
    return "".join(f"{item.rule_id}\n  {item.sentence}\n" for item in sentences)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_policy_in_words(language: Language) -> None:
    """Compare by reading; after a change of the policy, write the new text over the file."""
    expected = (_GOLDEN / f"credit_card.{language}.txt").read_text(encoding="utf-8")
    assert _said(language) == expected


@pytest.mark.parametrize(
    "text, en, zh",
    [
        (
            "!(applicant.is_student || application.has_guarantor)",
            "the applicant is not a student and a guarantor is not named",
            "申请人不是学生, 且未填担保人",
        ),
        (
            "applicant.is_student && (applicant.age < 18 || bureau.card_count > 3)",
            (
                "the applicant is a student and (the applicant's age is below 18 years or "
                "there are more than 3 open cards elsewhere)"
            ),
            "申请人是学生, 且(申请人年龄低于18岁, 或他行信用卡张数多于3)",
        ),
        (
            "lines.own_minor + lines.elsewhere_minor > 50000050",
            (
                "(the total line held here plus the total line held at other issuers) "
                "is above CNY 500,000.50"
            ),
            "(本行已有授信额度加他行已有授信额度)高于500,000.50元",
        ),
        (
            "score.pd >= 0.25 && score.pd < 0.4",
            "the probability of default is at least 25 % and below 40 %",
            "违约概率不低于25%且低于40%",
        ),
        (
            'application.product in ["gold", "platinum"]',
            'the product is one of ["gold", "platinum"]',
            "产品属于[“gold”、“platinum”]",
        ),
        (
            "!graph.neighbours.exists(n, n.fraud && n.days < 7)",
            (
                "there is none of the connected applications for which (it is known as fraud and "
                "the time since the latest link began is below 7 days)"
            ),
            "关联申请中没有任何一项满足(已确认欺诈, 且最近关联距今低于7天)",
        ),
        ("18 > applicant.age", "the applicant's age is below 18 years", "申请人年龄低于18岁"),
        (
            "session.emulator == null",
            "it is not known whether the device is an emulator",
            "“设备是模拟器”与否未知",
        ),
    ],
)
def test_conditions_read_well(text: str, en: str, zh: str) -> None:
    """Scope, negation, units and quantifiers."""
    tree = condition(text).tree
    assert Speaker("en", "CNY").condition(tree) == en
    assert Speaker("zh", "CNY").condition(tree) == zh


def test_what_has_settled_by_presence_is_never_called_unknown() -> None:
    """``has(x) && x`` misses where x is unknown, so nothing is said about that."""
    sentences = {item.rule_id: item.sentence for item in explain_bundle(load_bundle(SHIPPED), "en")}
    assert "not known" not in sentences["EMULATOR"]
    assert "not known: refer" in sentences["BURST_ON_EMULATOR"]


def test_one_rule_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    """By its id; a name that is not there is met with the nearest."""
    assert main(["policy", "explain", str(SHIPPED), "UNDER_AGE", "--language", "both"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "  UNDER_AGE",
        "    If the applicant's age is below 18 years: decline (reason AGE_BELOW_MINIMUM).",
        "    若申请人年龄低于18岁: 拒绝(原因 AGE_BELOW_MINIMUM)。",
    ]
    assert main(["policy", "explain", str(SHIPPED), "UNDER_AGES"]) == 2
    assert "did you mean `UNDER_AGE`?" in capsys.readouterr().err
