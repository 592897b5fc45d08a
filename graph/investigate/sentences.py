"""Evidence in sentences, Chinese and English. Identifiers are told by mask and token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from engine.model import IdentifierKind
from graph.investigate.evidence import Evidence, SharedThing
from graph.investigate.model import IdentifierNode

MOST_THINGS = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHORT = 8

KINDS: Mapping[str, Mapping[IdentifierKind, str]] = MappingProxyType(
    {
        "en": {
            IdentifierKind.DEVICE: "device",
            IdentifierKind.PHONE: "phone",
            IdentifierKind.EMAIL: "e-mail address",
            IdentifierKind.ADDRESS: "address",
            IdentifierKind.EMPLOYER: "employer",
            IdentifierKind.ID_NUMBER: "ID number",
            IdentifierKind.BANK_ACCOUNT: "bank account",
            IdentifierKind.IP: "IP address",
        },
        "zh": {
            IdentifierKind.DEVICE: "设备",
            IdentifierKind.PHONE: "手机号",
            IdentifierKind.EMAIL: "邮箱",
            IdentifierKind.ADDRESS: "地址",
            IdentifierKind.EMPLOYER: "单位",
            IdentifierKind.ID_NUMBER: "证件号",
            IdentifierKind.BANK_ACCOUNT: "银行账户",
            IdentifierKind.IP: "IP 地址",
        },
    }
)
_OUTCOMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {"approve": "approved", "refer": "referred", "decline": "declined"},
        "zh": {"approve": "通过", "refer": "转人工", "decline": "拒绝"},
    }
)


def evidence_sentences(found: Evidence, language: str, *, complete: bool) -> tuple[str, ...]:
    """What an investigator would write down first. ``language``: "zh" or "en"."""
    tell = _chinese if language == "zh" else _english
    return tuple(tell(found, complete=complete))


def _english(found: Evidence, *, complete: bool) -> Iterator[str]:
    span = f"made from {_day(found.first_at_us)} to {_day(found.last_at_us)}"
    if found.members == 1:
        yield f"Nobody shares anything with this application, {span}, hubs apart."
    else:
        yield (
            f"{found.members} applications hang together, {span}: {found.last_7d} in the last 7 "
            f"days, {found.last_30d} in the last 30."
        )
    outcomes = _OUTCOMES["en"]
    yield f"{_listed([f'{n} {outcomes.get(x, x)}' for x, n in found.outcomes], 'en')}."
    if found.fraud:
        types = _listed([f"{n} {kind or 'without type'}" for kind, n in found.fraud_types], "en")
        yield f"{found.fraud} of {found.members} known as fraud: {types}."
    else:
        yield "None of them is known as fraud."
    for thing in found.shared[:MOST_THINGS]:
        yield _english_thing(found, thing)
    if found.close_pairs:
        pair = found.pairs[0]
        kinds = _listed([KINDS["en"][kind] for kind in pair.kinds], "en")
        yield (
            f"{found.close_pairs} pairs share two or more kinds of identifiers; the closest are "
            f"{pair.first} and {pair.second}: {kinds}, since {_day(pair.since_us)}."
        )
    if not complete:
        yield "There may be more: a bound was reached."


def _english_thing(found: Evidence, thing: SharedThing) -> str:
    parts = []
    if thing.users:
        parts.append(f"{thing.users} of {found.members} use the {_named(thing.identifier, 'en')}")
    if thing.namers:
        of = "" if parts else f" of {found.members}"
        it = "it" if parts else f"the {_named(thing.identifier, 'en')}"
        parts.append(f"{thing.namers}{of} name {it} as guarantor, referrer or contact")
    fraud = f", {thing.fraud} of them known as fraud" if thing.fraud else ""
    return f"{' and '.join(parts)}, shared since {_day(thing.shared_at_us)}{fraud}."


def _chinese(found: Evidence, *, complete: bool) -> Iterator[str]:
    span = f"申请时间自 {_day(found.first_at_us)} 至 {_day(found.last_at_us)}"
    if found.members == 1:
        yield f"除枢纽标识外，没有其他申请与本申请共用标识，{span}。"
    else:
        yield (
            f"{found.members} 笔申请相互关联，{span}：近 7 天 {found.last_7d} 笔，"
            f"近 30 天 {found.last_30d} 笔。"
        )
    outcomes = _OUTCOMES["zh"]
    yield f"{_listed([f'{outcomes.get(x, x)} {n} 笔' for x, n in found.outcomes], 'zh')}。"
    if found.fraud:
        types = _listed([f"{kind or '未注明类型'} {n} 笔" for kind, n in found.fraud_types], "zh")
        yield f"{found.members} 笔中有 {found.fraud} 笔为已知欺诈：{types}。"
    else:
        yield "其中没有已知欺诈。"
    for thing in found.shared[:MOST_THINGS]:
        yield _chinese_thing(found, thing)
    if found.close_pairs:
        pair = found.pairs[0]
        kinds = _listed([KINDS["zh"][kind] for kind in pair.kinds], "zh")
        yield (
            f"{found.close_pairs} 对申请共用两类及以上标识；最紧密的是 {pair.first} 与 "
            f"{pair.second}：{kinds}，自 {_day(pair.since_us)} 起。"
        )
    if not complete:
        yield "已达到查询上限，可能还有更多。"


def _chinese_thing(found: Evidence, thing: SharedThing) -> str:
    parts = []
    if thing.users:
        parts.append(f"{thing.users} 笔使用")
    if thing.namers:
        parts.append(f"{thing.namers} 笔将其填为担保人、推荐人或联系人")
    fraud = f"，其中 {thing.fraud} 笔为已知欺诈" if thing.fraud else ""
    name = _named(thing.identifier, "zh")
    told = "，".join(parts)
    return f"{found.members} 笔中，{name}：{told}，自 {_day(thing.shared_at_us)} 起共用{fraud}。"


def _named(node: IdentifierNode, language: str) -> str:
    short = node.key.partition(":")[2][:_SHORT]
    return f"{KINDS[language][node.kind]} {node.masked or '****'} [{short}]"


def _listed(parts: list[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(parts)


def _day(at_us: int) -> str:
    return (_EPOCH + timedelta(microseconds=at_us)).date().isoformat()
