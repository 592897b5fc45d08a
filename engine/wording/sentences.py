"""The texts of one policy, filled for one product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.lines import Product
from engine.outcome import CapName, RequiredDocument
from engine.rules import Bundle
from engine.rules.wording import OTHER, Section
from engine.wording.formats import amount

Pair = tuple[str, str]
"""A text in English and in Chinese."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Fills the texts of a policy; amounts are those of its currency."""

    bundle: Bundle
    product: Product

    def money(self, minor: int) -> Pair:
        """An amount of minor units."""
        return amount(minor, self.bundle.strategy.currency)

    def say(self, section: Section, name: str, places: Mapping[str, Pair]) -> Pair:
        """A text with its placeholders filled."""
        en = {key: value[0] for key, value in places.items()}
        zh = {key: value[1] for key, value in places.items()}
        return self.bundle.wording[section][name].filled(en, zh)

    def words(self, section: Section, name: str) -> bool:
        """Whether there is such a text."""
        return name in self.bundle.wording[section]

    def beyond(self, cap: CapName | None) -> Pair:
        """Why something is out of reach."""
        named = cap is not None and self.words(Section.BEYOND, cap.value)
        return self.say(Section.BEYOND, cap.value if cap and named else OTHER, {})

    def documents(self, codes: Iterable[str]) -> tuple[RequiredDocument, ...]:
        """The documents as customers are told them."""
        return tuple(self._document(code) for code in codes)

    def _document(self, code: str) -> RequiredDocument:
        named = self.words(Section.DOCUMENTS, code)
        en, zh = self.say(Section.DOCUMENTS, code, {}) if named else (code, code)
        return RequiredDocument(code=code, text_en=en, text_zh=zh)


def joined(sentences: Iterable[Pair]) -> Pair:
    """English sentences with spaces between them, Chinese ones without."""
    said = tuple(sentences)
    return " ".join(en for en, _ in said), "".join(zh for _, zh in said)
