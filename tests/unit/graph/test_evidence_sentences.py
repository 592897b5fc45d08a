"""Evidence in sentences: what is said in Chinese and in English, word for word."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese commas
from __future__ import annotations

from engine.model import IdentifierKind, Role
from graph.investigate.evidence import evidence_of
from graph.investigate.model import ApplicationNode, IdentifierNode, LinkRow, Part
from graph.investigate.sentences import evidence_sentences

DAY_US = 86_400_000_000
START_US = 1_780_000_000_000_000


def application(number: int, *, fraud: bool = False) -> ApplicationNode:
    """One on each day."""
    at_us = START_US + number * DAY_US
    return ApplicationNode(
        key=f"dec_{number}",
        at_us=at_us,
        outcome="refer" if number else "approve",
        fraud_since_us=at_us if fraud else None,
        fraud_type="bust_out" if fraud else "",
    )


def identifier(kind: IdentifierKind, masked: str) -> IdentifierNode:
    """An identifier of three applications."""
    return IdentifierNode(
        key=f"{kind}:abcdef0123",
        kind=kind,
        masked=masked,
        first_at_us=START_US,
        applications=3,
        hub=False,
        hub_reason="",
        named_hub=False,
    )


def link(number: int, kind: IdentifierKind, role: Role = Role.USES) -> LinkRow:
    """Since the application was made."""
    at_us = START_US + number * DAY_US
    return LinkRow(
        application=f"dec_{number}",
        role=role,
        identifier=f"{kind}:abcdef0123",
        at_us=at_us,
        last_at_us=at_us,
    )


DEVICE, PHONE = IdentifierKind.DEVICE, IdentifierKind.PHONE
RING = Part(
    applications=(application(0), application(1, fraud=True), application(2)),
    identifiers=(identifier(DEVICE, "****"), identifier(PHONE, "+86****01")),
    links=(
        link(0, DEVICE),
        link(1, DEVICE),
        link(2, DEVICE),
        link(1, PHONE),
        link(2, PHONE, Role.GUARANTOR),
    ),
)


def test_a_ring_in_english() -> None:
    """Counts, dates, fraud, what is shared through what, and the closest pair."""
    found = evidence_of(RING, START_US + 3 * DAY_US)
    told = evidence_sentences(found, "en", complete=False)
    assert " ".join(told) == (
        "3 applications hang together, made from 2026-05-28 to 2026-05-30: 3 in the last 7 days, "
        "3 in the last 30. "
        "1 approved, 2 referred. "
        "1 of 3 known as fraud: 1 bust_out. "
        "3 of 3 use the device **** [abcdef01], shared since 2026-05-29, "
        "1 of them known as fraud. "
        "1 of 3 use the phone +86****01 [abcdef01] and 1 name it as guarantor, referrer or "
        "contact, shared since 2026-05-30, 1 of them known as fraud. "
        "1 pairs share two or more kinds of identifiers; the closest are dec_1 and dec_2: "
        "device, phone, since 2026-05-30. "
        "There may be more: a bound was reached."
    )
    assert len(told) == 7


def test_a_ring_in_chinese() -> None:
    """The same, for Chinese readers."""
    found = evidence_of(RING, START_US + 3 * DAY_US)
    assert evidence_sentences(found, "zh", complete=True) == (
        "3 笔申请相互关联，申请时间自 2026-05-28 至 2026-05-30：近 7 天 3 笔，近 30 天 3 笔。",
        "通过 1 笔、转人工 2 笔。",
        "3 笔中有 1 笔为已知欺诈：bust_out 1 笔。",
        "3 笔中，设备 **** [abcdef01]：3 笔使用，自 2026-05-29 起共用，其中 1 笔为已知欺诈。",
        (
            "3 笔中，手机号 +86****01 [abcdef01]：1 笔使用，1 笔将其填为担保人、推荐人或联系人，"
            "自 2026-05-30 起共用，其中 1 笔为已知欺诈。"
        ),
        "1 对申请共用两类及以上标识；最紧密的是 dec_1 与 dec_2：设备、手机号，自 2026-05-30 起。",
    )


def test_nobody_is_said_to_be_nobody() -> None:
    """An application that shares nothing is no group."""
    found = evidence_of(Part(applications=(application(0),)), START_US + DAY_US)
    first, *_ = evidence_sentences(found, "en", complete=True)
    assert first.startswith("Nobody shares anything with this application")
