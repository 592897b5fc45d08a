"""Which facts would narrow a trial calculation, by the topic under which a customer is asked."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from engine.estimate.result import MissingFact, UntoldRule
from engine.lines import Product
from engine.rules.vocabulary import LISTS, SIGNALS
from engine.rules.wording import TOPICS, Section
from engine.wording import Speaker

_DEBT_TO_INCOME = "evidence.debt_to_income"
_OBLIGATIONS = "bureau.monthly_obligations_minor"
_TOPIC_OF = {
    "applicant.age": "age",
    "applicant.is_student": "student",
    "applicant.nationality": "identity",
    "applicant.id_document_kind": "identity",
    "applicant.id_document_days_left": "identity",
    "application.customer_segment": "segment",
    _OBLIGATIONS: "obligations",
    "lines.own_minor": "own_lines",
    "lines.elsewhere_minor": "other_lines",
}
_TOPIC_OF_ROOT = {
    "evidence": "income",
    "application": "application",
    "applicant": "applicant",
    "session": "session",
    "bureau": "credit_report",
    "score": "credit_report",
    LISTS: "lists",
}
#: What ``Prospect`` has a place for: topics, and fields of the others.
_TELLABLE = frozenset(
    {
        *("age", "student", "segment", "income", "credit_report", "obligations"),
        *("own_lines", "other_lines"),
        *("application.channel", "application.branch", "application.staff_member"),
        *("application.partner", "applicant.declared_income_minor"),
    }
)
_PROVED = ("evidence.verified_income_minor", "evidence.verified_assets_minor")
_OF_EVERY_LINE = (
    "score.pd",
    *_PROVED,
    _OBLIGATIONS,
    "lines.own_minor",
    "lines.elsewhere_minor",
)


def missing_facts(
    speaker: Speaker, product: Product, hidden: AbstractSet[str], untold: Iterable[UntoldRule]
) -> tuple[MissingFact, ...]:
    """In a fixed order of topics; signals are left out, as nobody supplies them."""
    paths = [path for path in (*_OF_EVERY_LINE, *_of_ceilings(product)) if path in hidden]
    paths += [path for rule in untold for path in rule.missing]
    by_topic: dict[str, dict[str, None]] = {}
    for path in paths:
        topic = _topic(path, hidden)
        if topic is not None:
            by_topic.setdefault(topic, {})[path] = None
    return tuple(
        _fact(speaker, topic, tuple(by_topic[topic])) for topic in TOPICS if topic in by_topic
    )


def _of_ceilings(product: Product) -> Iterable[str]:
    ceilings = product.ceilings
    if ceilings.ages:
        yield "applicant.age"
    if ceilings.student_minor is not None:
        yield "applicant.is_student"
    if ceilings.segments:
        yield "application.customer_segment"


def _topic(path: str, hidden: AbstractSet[str]) -> str | None:
    """``None`` for what neither the customer nor the desk can tell."""
    if path == _DEBT_TO_INCOME and _OBLIGATIONS in hidden:
        return "obligations"
    root = path.split(".", maxsplit=1)[0]
    return None if root == SIGNALS else _TOPIC_OF.get(path) or _TOPIC_OF_ROOT.get(root)


def _fact(speaker: Speaker, topic: str, paths: tuple[str, ...]) -> MissingFact:
    en, zh = speaker.say(Section.FACTS, topic, {})
    return MissingFact(
        topic=topic,
        paths=paths,
        text_en=en,
        text_zh=zh,
        when_applying=_TELLABLE.isdisjoint({topic, *paths}),
    )
