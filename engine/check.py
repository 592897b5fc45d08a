"""Everything that is wrong with a policy as plain values: for editors, for CI and for the service.

What a decision needs is checked, and what only its authors need: tests, proofs and the review of
accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import cases, portfolio, proof
from engine.errors import PolicyError
from engine.lines import Product, load_products
from engine.policy_places import product_faults, scorecard_faults
from engine.rules import (
    Bundle,
    Diagnostic,
    DurableRuleEngine,
    Severity,
    Source,
    Stage,
    StageKind,
    load_bundle,
    sources_under,
)
from engine.scoring import FraudCard, Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What was found. The counts are those of what could be read; all 0 without a bundle.

    ``digest``: of the files as they are; the empty string if they make no bundle.
    ``diagnostics``: by file and line. ``sources``: the texts that they point into.
    """

    digest: str
    rules: int
    products: int
    scorecards: int
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]

    @property
    def errors(self) -> int:
        """How many findings refuse the policy."""
        return sum(item.severity is Severity.ERROR for item in self.diagnostics)

    @property
    def warnings(self) -> int:
        """How many findings do not."""
        return len(self.diagnostics) - self.errors

    @property
    def usable(self) -> bool:
        """Whether it may decide."""
        return not self.errors


def check(root: Path, *, proofs: bool = True) -> CheckReport:
    """Check the policy under ``root``; whatever is wrong with it is a finding, never an exception.

    ``proofs``: also what only a solver finds, which takes seconds. They are tried on sound rules.
    """
    sources = sources_under(root)
    try:
        bundle = load_bundle(root, (cases.check, proof.check, portfolio.check))
    except PolicyError as refused:
        found = tuple(item for item in refused.diagnostics if isinstance(item, Diagnostic))
        return _report(found, sources, None, {}, 0)
    DurableRuleEngine(bundle).close()
    found = bundle.warnings
    products: Mapping[str, Product] = {}
    try:
        products = load_products(
            bundle.products, bundle.strategy.currency, bundle.strategy.asked_before_line
        )
    except PolicyError as refused:
        found += product_faults(str(refused), sources)
    stages = [stage for stage in bundle.strategy.stages if stage.scorecard]
    faults = tuple(scorecard_faults(bundle, _refused_cards(bundle.root, stages)))
    cards = sum(len(stage.all_scorecards) + len(stage.challengers) for stage in stages)
    report = _report(found + faults, sources, bundle, products, cards - len(faults))
    if proofs and report.usable:
        found += proof.check_rules(bundle, products)
        return _report(found, sources, bundle, products, cards)
    return report


def _refused_cards(root: Path, stages: Iterable[Stage]) -> Iterator[tuple[str, str]]:
    """The scorecards that cannot be used, and why."""
    for stage in stages:
        kind = FraudCard if stage.kind is StageKind.FRAUD_SCORE else Scorecard
        for name in (*stage.all_scorecards, *stage.challengers):
            try:
                kind.load(root / "scorecards" / name)
            except PolicyError as refused:
                yield name, str(refused).replace(f"{root}/", "")


def _report(
    found: tuple[Diagnostic, ...],
    sources: Mapping[str, Source],
    bundle: Bundle | None,
    products: Mapping[str, Product],
    scorecards: int,
) -> CheckReport:
    rulesets = bundle.rulesets.values() if bundle else ()
    return CheckReport(
        digest=bundle.digest if bundle else "",
        rules=sum(len(ruleset.rules) for ruleset in rulesets),
        products=len(products),
        scorecards=scorecards,
        diagnostics=tuple(sorted(dict.fromkeys(found), key=_place)),
        sources=sources,
    )


def _place(item: Diagnostic) -> tuple[str, int, int, str, str]:
    span = item.span
    return span.path, span.line, span.column, item.code.value, item.message
