"""A named expression, parameter or list that nothing reads: most often a misspelt reader."""

from __future__ import annotations

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.model import Bundle
from engine.rules.vocabulary import LISTS


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Look for the path in what was written: in trees, definitions are written out."""
    texts = [rule.when.text for ruleset in bundle.rulesets.values() for rule in ruleset.rules]
    texts += [definition.text for definition in bundle.definitions.values()]
    spans = {path: item.span for path, item in bundle.definitions.items()}
    spans |= {f"{LISTS}.{name}": item.span for name, item in bundle.lists.items()}
    written = "\n".join(texts)
    for path, span in spans.items():
        if path not in written:
            found.warning(Code.UNUSED_DEFINITION, f"nothing reads `{path}`", span)
