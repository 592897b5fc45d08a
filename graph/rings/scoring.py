"""Points of a ring: each sign that holds adds its points, and says so in a sentence.

The points were calibrated against planted rings (docs/rings.md), half of them with nothing known of
fraud yet, and rounded. The score is their sum, at least 0 and at most 100.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.model import IdentifierKind, Role
from graph.rings.figures import Figures

MOST = 100
_HALF = 0.5
_WAYS_OF_PLACE = frozenset(map(str, (IdentifierKind.ADDRESS, IdentifierKind.IP)))
_WAYS_OF_REFERRAL = frozenset(
    map(str, (IdentifierKind.PHONE, IdentifierKind.IP, Role.REFERRER, Role.CONTACT))
)


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign: its code, its points, when it holds, and its sentences with figures to fill in."""

    code: str
    points: int
    holds: Callable[[Figures], bool]
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Part:
    """A sign that holds for a ring: what it adds to the score, and why, for people."""

    code: str
    points: int
    en: str
    zh: str


def _through(way: IdentifierKind | Role) -> Callable[[Figures], bool]:
    return lambda f: f.through.get(str(way), 0.0) >= _HALF


def _only_place(f: Figures) -> bool:
    return bool(f.through) and set(f.through) <= _WAYS_OF_PLACE


def _only_referred(f: Figures) -> bool:
    return _through(Role.REFERRER)(f) and set(f.through) <= _WAYS_OF_REFERRAL


def _is_household(f: Figures) -> bool:
    contact = f.through.get(str(Role.CONTACT), 0.0)
    return f.people <= 5 and contact >= 0.8  # noqa: PLR2004 - as the sentence says


def _is_slow(f: Figures) -> bool:
    return f.span_days >= 60 and f.per_week < 1  # noqa: PLR2004 - as the sentence says


def _kinds(f: Figures) -> int:
    return sum(part >= 0.25 for way, part in f.through.items() if way != IdentifierKind.IP)  # noqa: PLR2004 - a quarter


SIGNS: tuple[Sign, ...] = (
    Sign(
        "KNOWN_FRAUD_1",
        25,
        lambda f: f.fraud == 1,
        "1 of {members} applications is known fraud",
        "{members}笔申请中有1笔已确认为欺诈",
    ),
    Sign(
        "KNOWN_FRAUD_2",
        45,
        lambda f: f.fraud > 1,
        "{fraud} of {members} applications are known fraud",
        "{members}笔申请中有{fraud}笔已确认为欺诈",
    ),
    Sign(
        "ID_SHARED",
        20,
        _through(IdentifierKind.ID_NUMBER),
        "{id_number} % gave one ID number with nothing else in common",
        "{id_number}%的申请使用同一证件号码，其他信息却毫无共同之处",
    ),
    Sign(
        "ACCOUNT_SHARED",
        20,
        _through(IdentifierKind.BANK_ACCOUNT),
        "{bank_account} % share a bank account with a stranger",
        "{bank_account}%与无关人员共用银行账户",
    ),
    Sign(
        "DEVICE_SHARED",
        5,
        _through(IdentifierKind.DEVICE),
        "{device} % share a device with a stranger",
        "{device}%与无关人员共用设备",
    ),
    Sign(
        "EMAIL_SHARED",
        15,
        _through(IdentifierKind.EMAIL),
        "{email} % share an e-mail address with a stranger",
        "{email}%与无关人员共用电子邮箱",
    ),
    Sign(
        "PHONE_SHARED",
        5,
        _through(IdentifierKind.PHONE),
        "{phone} % share a phone number with a stranger",
        "{phone}%与无关人员共用手机号",
    ),
    Sign(
        "GUARANTOR_SHARED",
        15,
        _through(Role.GUARANTOR),
        "{guarantor} % are tied together by a guarantor",
        "{guarantor}%通过同一担保人相互关联",
    ),
    Sign(
        "REFERRER_SHARED",
        5,
        _through(Role.REFERRER),
        "{referrer} % are tied together by a referrer",
        "{referrer}%通过同一推荐人相互关联",
    ),
    Sign(
        "SEVERAL_KINDS",
        10,
        lambda f: _kinds(f) > 1,
        "strangers in it share {kinds} kinds of link",
        "其中的无关人员以{kinds}种方式相互关联",
    ),
    Sign(
        "LARGE",
        25,
        lambda f: f.members >= 6,  # noqa: PLR2004 - more than a family
        "it has {members} applications",
        "共有{members}笔申请",
    ),
    Sign(
        "BURST",
        15,
        lambda f: f.members >= 4 and f.burst >= 0.7,  # noqa: PLR2004 - as the sentence says
        "{burst} % of it applied within 30 days",
        "{burst}%的申请集中在30天内",
    ),
    Sign(
        "ONLY_PLACE",
        -50,
        _only_place,
        "they share nothing but an address: a dormitory, a flat",
        "仅共用地址，可能是宿舍或同住",
    ),
    Sign(
        "HOUSEHOLD",
        -60,
        _is_household,
        "at most 5 people who name each other as contacts: a family",
        "不超过5人且互为联系人，可能是家庭",
    ),
    Sign(
        "ONLY_REFERRED",
        -25,
        _only_referred,
        "they share nothing but who referred them: an agent, a friend",
        "仅有相同推荐人，可能是代理人或亲友推荐",
    ),
    Sign(
        "COLLEAGUES",
        -20,
        lambda f: f.colleagues >= 0.8 and _kinds(f) <= 1,  # noqa: PLR2004 - as the sentence says
        "{colleagues} % have one employer and share one kind of link: a switchboard",
        "{colleagues}%同一工作单位且仅一种关联，可能是单位总机",
    ),
    Sign(
        "SLOW",
        -30,
        _is_slow,
        "it grew over {span} days, by less than one application a week",
        "历时{span}天，平均每周不足一笔申请",
    ),
    Sign(
        "DECLARED",
        -25,
        lambda f: f.declared >= _HALF,
        "{declared} % use an identifier declared as legitimately shared",
        "{declared}%使用已申明为合法共用的标识",
    ),
)
"""In the order in which they are told."""


def score_of(figures: Figures) -> tuple[int, tuple[Part, ...]]:
    """The score, and the signs that hold."""
    values = _values(figures)
    parts = tuple(
        Part(sign.code, sign.points, sign.en.format(**values), sign.zh.format(**values))
        for sign in SIGNS
        if sign.holds(figures)
    )
    return max(0, min(MOST, sum(part.points for part in parts))), parts


def _values(figures: Figures) -> dict[str, int]:
    """Parts in per cent."""
    return {
        "members": figures.members,
        "fraud": figures.fraud,
        "kinds": _kinds(figures),
        "burst": round(100 * figures.burst),
        "colleagues": round(100 * figures.colleagues),
        "declared": round(100 * figures.declared),
        "span": round(figures.span_days),
        **{
            str(way): round(100 * figures.through.get(str(way), 0.0))
            for way in (*IdentifierKind, *Role)
        },
    }
