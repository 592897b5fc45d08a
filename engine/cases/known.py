"""What the cases of a bundle may speak of."""

from __future__ import annotations

from dataclasses import dataclass

from engine.currency import MINOR_DIGITS
from engine.rules import vocabulary
from engine.rules.model import Bundle, Rule
from engine.rules.read_reasons import BUILT_IN


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Names of a bundle. ``complete``: whether all its rules could be read.

    ``sources``: those the strategy declares. ``digits`` of the currency's minor unit.
    """

    complete: bool
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    signals: tuple[str, ...]
    documents: tuple[str, ...]
    products: tuple[str, ...]
    bands: tuple[str, ...]
    sources: tuple[str, ...]
    lists: tuple[str, ...]
    digits: int


def known_of(bundle: Bundle, *, complete: bool) -> Known:
    """The names; a name is only called unknown where the bundle could be read completely."""
    rules = rules_of(bundle)
    products = _mapping(bundle.products.get("products"))
    return Known(
        complete=complete,
        reasons=tuple(dict.fromkeys((*bundle.reasons, *BUILT_IN))),
        rules=tuple(rule.id for rule in rules),
        signals=bundle.signals,
        documents=tuple(dict.fromkeys(name for rule in rules for name in rule.then.require)),
        products=tuple(products),
        bands=tuple(dict.fromkeys(n for product in products.values() for n in _bands(product))),
        sources=tuple(n for n in vocabulary.KNOWN_SOURCES if n in bundle.strategy.sources),
        lists=tuple(bundle.lists),
        digits=MINOR_DIGITS.get(bundle.strategy.currency, 2),
    )


def rules_of(bundle: Bundle) -> tuple[Rule, ...]:
    """Every rule, in the order of the strategy and of declaration."""
    names = [name for stage in bundle.strategy.stages for name in stage.rulesets]
    return tuple(rule for name in names for rule in bundle.rulesets[name].rules)


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _bands(product: object) -> list[str]:
    bands = _mapping(product).get("bands")
    names = [_mapping(band).get("name") for band in bands] if isinstance(bands, list) else []
    return [name for name in names if isinstance(name, str)]
