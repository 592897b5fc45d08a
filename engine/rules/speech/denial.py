"""The denial of a statement that labels a field: ``is`` becomes ``is not``."""

from __future__ import annotations

import re

from engine.rules.labels import Language

_EN = re.compile(r"\b(is|are|was)\b")
_ZH = re.compile(r"是|填有|录有|有|已")
_ZH_DENIED = {"是": "不是", "填有": "未填", "录有": "未录", "有": "没有", "已": "未"}


def denied(statement: str, language: Language) -> str:
    """The statement that is true when the other is false."""
    if language == "zh":
        said, changed = _ZH.subn(lambda m: _ZH_DENIED[m.group()], statement, count=1)
        return said if changed else f"以下不成立: {statement}"
    said, changed = _EN.subn(r"\1 not", statement, count=1)
    return said if changed else f"it does not hold that {statement}"
