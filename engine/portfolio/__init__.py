"""Review of existing accounts: rated anew, and lines proposed under budgets."""

from __future__ import annotations

from engine.rules import Bundle
from engine.rules.contents import Contents
from engine.rules.diagnostics import Diagnostics


def check(bundle: Bundle, contents: Contents, found: Diagnostics) -> None:
    """Report what is wrong with ``portfolio.yaml``, if the policy has one."""
    from engine.portfolio import loading

    loading.check(bundle, contents, found)
