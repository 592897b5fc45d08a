"""What a spec leaves open: it can be trained by, but nobody has completed it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.training.spec import Spec

#: Texts of a draft that a person replaces: ``touchstone score spec`` writes them.
DESCRIPTION = "what a bad outcome is, within which time"
LICENCE = "whose data it is, and what it may be used for"
MEANING = "what a bad outcome means"
LIMIT = "what an examiner must know of this data"
UNKNOWN_FAMILY = "other"


def doubts(spec: Spec) -> tuple[str, ...]:
    """Sentences, in the order of the spec; none of a spec that somebody completed."""
    return tuple(_doubts(spec))


def _doubts(spec: Spec) -> Iterator[str]:
    open_texts = (
        ("description", spec.description, DESCRIPTION),
        ("data.licence", spec.data.licence, LICENCE),
        ("target.meaning", spec.target.meaning, MEANING),
        *(("limits", limit, LIMIT) for limit in spec.limits),
    )
    for key, text, placeholder in open_texts:
        if text == placeholder:
            yield f"`{key}` is still the text of the draft: it would stand in the report."
    if spec.bureau is not None or not spec.features:
        return
    if all(feature.sign == 0 for feature in spec.features):
        yield "No feature has a `sign`: nothing keeps the card from rewarding what is risky."
    if all(feature.family == UNKNOWN_FAMILY for feature in spec.features):
        yield "Every `family` is `other`: each reason of a decline would be the same."
