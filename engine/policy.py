"""A policy ready to decide: the bundle with its compiled rules, products and models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.lines import Product, load_products
from engine.rules import Bundle, Check, DurableRuleEngine, RuleEngine, StageKind, load_bundle
from engine.scoring import FraudCard, Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Immutable; a decision keeps the policy it started with."""

    bundle: Bundle
    rules: RuleEngine
    products: Mapping[str, Product]
    scorecards: Mapping[str, Scorecard]
    fraud_cards: Mapping[str, FraudCard] = field(default_factory=dict)
    challengers: Mapping[str, Scorecard] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The content address of the bundle; it is in every decision."""
        return self.bundle.digest


def load_policy(root: Path, checks: Sequence[Check] = ()) -> Policy:
    """Load, check and compile the bundle under ``root``; ``checks``: see ``load_bundle``.

    Raises ``PolicyError`` with everything that is wrong; nothing half-loaded is returned.
    """
    bundle = load_bundle(root, checks)
    return Policy(
        bundle=bundle,
        rules=DurableRuleEngine(bundle),
        products=load_products(
            bundle.products, bundle.strategy.currency, bundle.strategy.asked_before_line
        ),
        scorecards={
            name: Scorecard.load(root / "scorecards" / name)
            for name in _cards(bundle, StageKind.SCORE)
        },
        fraud_cards={
            name: FraudCard.load(root / "scorecards" / name)
            for name in _cards(bundle, StageKind.FRAUD_SCORE)
        },
        challengers={
            name: Scorecard.load(root / "scorecards" / name)
            for stage in bundle.strategy.stages
            for name in stage.challengers
        },
    )


def _cards(bundle: Bundle, kind: StageKind) -> list[str]:
    return [name for s in bundle.strategy.stages if s.kind is kind for name in s.all_scorecards]
