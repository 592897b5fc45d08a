"""A document that a rule requires has a name that a customer understands."""

from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.lints.places import all_rules
from engine.rules.model import Bundle
from engine.rules.read_wording import WORDING
from engine.rules.wording import Section


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Warn of each document without a text, where it is first required."""
    named = bundle.wording.get(Section.DOCUMENTS, {})
    told: set[str] = set()
    for rule in all_rules(bundle):
        for document in rule.then.require:
            if document in named or document in told:
                continue
            told.add(document)
            found.warning(
                Code.DOCUMENT_TEXT,
                f"document `{document}` has no text: customers are told its code",
                rule.span,
                hint=did_you_mean(document, named)
                or f"name it in {WORDING}, under `documents`, with text_en and text_zh",
            )
