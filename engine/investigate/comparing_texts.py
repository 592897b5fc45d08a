"""A comparison in sentences, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.investigate.comparing import Compared
from engine.model import IdentifierKind
from graph.investigate.sentences import KINDS

_FIELDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "name": ("name", "姓名"),
        "birth_date": ("birth date", "出生日期"),
        "nationality": ("nationality", "国籍"),
        "occupation": ("occupation", "职业"),
        "declared_income": ("declared income", "申报收入"),
        "relations": ("guarantor, referrer or contact", "担保人、推荐人或联系人"),
        "product": ("product", "产品"),
        "channel": ("channel", "渠道"),
        "customer_segment": ("customer segment", "客群"),
        "branch": ("branch", "分支机构"),
        "staff_member": ("staff member", "经办人"),
        "partner": ("partner", "合作方"),
        "expected_limit": ("limit hoped for", "期望额度"),
        "channel_session_id": ("session", "会话"),
        "country": ("country of the session", "会话所在国家"),
        "city": ("city of the session", "会话所在城市"),
        "time": ("time of application", "申请时间"),
    }
)
_TOLD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "same": ("the same {field}", "{field}相同"),
        "different": ("another {field}", "{field}不同"),
        "unknown": ("{field}: not given by both", "{field}：未同时提供"),
        "name_among_others": (
            "a name of one is among the other names of the other",
            "一方的姓名出现在另一方的曾用名中",
        ),
        "birth_date_one_part": (
            "birth dates differ in one part: year, month or day",
            "出生日期仅年、月、日之一不同",
        ),
        "birth_date_swapped": (
            "birth dates are the same with day and month swapped",
            "出生日期的月和日互换",
        ),
        "same_mask": ("another {field} that looks alike", "{field}不同，但掩码相同"),
        "names_the_other": (
            "one names the other as guarantor, referrer or contact",
            "一方将另一方填为担保人、推荐人或联系人",
        ),
        "name_the_same": (
            "both name the same guarantor, referrer or contact",
            "双方填写了同一担保人、推荐人或联系人",
        ),
        "amount_near": ("{field} within 5 per cent", "{field}相差不超过 5%"),
        "within_an_hour": ("made within an hour", "申请时间相差不到一小时"),
        "within_a_day": ("made within a day", "申请时间相差不到一天"),
    }
)


def compared_sentence(found: Compared, language: str) -> str:
    """One respect in a sentence. ``language``: "zh" or "en"."""
    place = 1 if language == "zh" else 0
    if found.field in _FIELDS:
        field = _FIELDS[found.field][place]
    else:
        field = KINDS[language][IdentifierKind(found.field)]
    return _TOLD[found.code][place].format(field=field)
