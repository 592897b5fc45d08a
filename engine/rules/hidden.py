"""Characters that a reviewer does not see, or sees elsewhere than they take effect.

Marks of writing direction show text in another order than it is read; an end of line that editors
do not show makes a comment end where nobody expects it; half a surrogate is no text at all.
"""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"  # controls, the line end U+0085 too
    "\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # invisible, line ends, direction
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"  # half surrogates, interlinear, tags
    "|\r(?!\n)"
)


def find_hidden(text: str) -> tuple[int, str] | None:
    """Index and name of the first hidden character."""
    match = _HIDDEN.search(text)
    if match is None:
        return None
    char = match.group()
    name = unicodedata.name(char, "").lower()
    return match.start(), f"U+{ord(char):04X}" + (f" ({name})" if name else "")


def visible(text: str) -> str:
    """The text with a mark in the place of each hidden character, fit for a terminal."""
    return _HIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
