"""A policy directory ready to review accounts: bundle, products and ``portfolio.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.currency import MINOR_DIGITS
from engine.errors import PolicyError
from engine.lines import Product, load_products
from engine.portfolio.policy import Rating, ReviewPolicy
from engine.portfolio.rate import Rater, rater_of
from engine.portfolio.read_policy import PORTFOLIO, PolicyReader
from engine.rules import Bundle, Code, load_bundle
from engine.rules.contents import Contents
from engine.rules.diagnostics import Diagnostics
from engine.rules.source import Source, Span
from engine.rules.yaml_source import compose, read_source


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything that a review rests on besides the accounts."""

    bundle: Bundle
    products: Mapping[str, Product]
    policy: ReviewPolicy
    rater: Rater

    @property
    def currency(self) -> str:
        """ISO 4217."""
        return self.bundle.strategy.currency

    @property
    def major(self) -> int:
        """Minor units in one major unit."""
        return int(10 ** MINOR_DIGITS.get(self.currency, 2))


def check(bundle: Bundle, contents: Contents, found: Diagnostics) -> None:
    """Report what is wrong with ``portfolio.yaml``, if the policy has one."""
    if PORTFOLIO not in contents:
        return
    source, policy = _policy(bundle, contents, found)
    stages = bundle.strategy.stages
    of_stages = {name for stage in stages for name in (*stage.all_scorecards, *stage.challengers)}
    # What is wrong with a card that decisions use is told at its stage.
    if source is not None and policy is not None and policy.rated_by not in of_stages:
        _rater(policy, bundle.root, source, found)


def load_review(root: Path) -> Loaded:
    """The policy under ``root``; ``PolicyError`` with everything that is wrong with it."""
    read: list[tuple[ReviewPolicy, Rater] | None] = []

    def keep(bundle: Bundle, contents: Contents, found: Diagnostics) -> None:
        read.append(_read(bundle, contents, found))

    bundle = load_bundle(root, (keep,))
    products = load_products(
        bundle.products, bundle.strategy.currency, bundle.strategy.asked_before_line
    )
    if not read or read[0] is None:
        raise AssertionError("a review that was not read has left a diagnostic")
    policy, rater = read[0]
    return Loaded(bundle=bundle, products=products, policy=policy, rater=rater)


def _read(
    bundle: Bundle, contents: Contents, found: Diagnostics
) -> tuple[ReviewPolicy, Rater] | None:
    source, policy = _policy(bundle, contents, found)
    if source is None or policy is None:
        return None
    rater = _rater(policy, bundle.root, source, found)
    return None if rater is None else (policy, rater)


def _policy(
    bundle: Bundle, contents: Contents, found: Diagnostics
) -> tuple[Source | None, ReviewPolicy | None]:
    source = read_source(contents, PORTFOLIO, found)
    node = compose(source, found) if source is not None else None
    if source is None or node is None:
        return source, None
    digits = MINOR_DIGITS.get(bundle.strategy.currency, 2)
    return source, PolicyReader(source, found, bundle.reasons, digits).read(node)


def _rater(policy: ReviewPolicy, root: Path, source: Source, found: Diagnostics) -> Rater | None:
    try:
        return rater_of(policy, root / "scorecards")
    except PolicyError as refused:
        why = str(refused).replace(f"{root}/", "")
        kind = "over statements" if policy.rating is Rating.STATEMENTS else "over a table"
        found.error(
            Code.WRONG_VALUE,
            f"card `{policy.rated_by}` cannot be used: {why}",
            _rating_span(source),
            hint=f"name a card {kind} under scorecards/",
        )
        return None


def _rating_span(source: Source) -> Span:
    lines = source.text.split("\n")
    line = next((n for n, text in enumerate(lines, 1) if text.startswith("rating:")), 1)
    return Span(source.path, line, 1, len("rating"))
