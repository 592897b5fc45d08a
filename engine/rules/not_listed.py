"""A ruleset or table that no stage lists decides nothing, though its author believes it does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.model import Strategy
from engine.rules.source import Span

_RULES = re.compile(rb"^(?:\xef\xbb\xbf)?(ruleset|table):", re.MULTILINE)


def warn_not_listed(contents: Mapping[str, bytes], strategy: Strategy, found: Diagnostics) -> None:
    """Warn of the files beside the strategy that hold rules and are not used."""
    listed = {f"{name}.yaml" for stage in strategy.stages for name in stage.rulesets}
    for path, raw in contents.items():
        if "/" in path or not path.endswith(".yaml") or path in listed:
            continue
        kind = _RULES.search(raw)
        if kind is not None:
            name = path.removesuffix(".yaml")
            found.warning(
                Code.NOT_LISTED,
                f"no stage lists the {kind.group(1).decode()} of {path}: it decides nothing",
                Span(path, raw.count(b"\n", 0, kind.start()) + 1, 1),
                hint=f"add `{name}` to the `rulesets` of a stage in strategy.yaml, or remove it",
            )
