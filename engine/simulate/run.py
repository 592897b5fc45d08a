"""The simulation itself: in one process or in many, with the same result to the byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from engine.check import check
from engine.check_formats import as_text
from engine.currency import MINOR_DIGITS
from engine.errors import PolicyError
from engine.evaluate import evaluate
from engine.lines import Product, load_products
from engine.model import Application, Bureau
from engine.outcome import Decision
from engine.policy import Policy, load_policy
from engine.rules import load_bundle
from engine.scoring import Assessed, Scorecard, ScoreUnavailable
from engine.simulate.parallel import in_parts
from engine.simulate.sources import Gone, Item, Part, Source
from engine.simulate.tally import Tally

Progress = Callable[[int, int], None]
"""Told the parts that are done, and all parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What came out. ``current``: a digest, or "as decided". ``note``: what was assumed."""

    tally: Tally
    current: str
    candidate: str
    currency: str
    note: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """``digests``: of candidate and current, so that every process has the same ones."""

    source: Source
    candidate: Path
    current: Path | None
    digests: tuple[str, str]


def simulate(
    source: Source,
    candidate: Path,
    current: Path | None = None,
    *,
    processes: int = 1,
    progress: Progress = lambda _done, _parts: None,
) -> Simulation:
    """Decide every application of the source under both policies.

    ``current`` ``None``: the stored decisions themselves. Raises ``PolicyError`` with the
    diagnostics of a policy that cannot be used.
    """
    name, currency = _examined(candidate)
    before = _examined(current)[0] if current is not None else ""
    plan = _Plan(source, candidate, current, (name, before))
    parts = source.parts()
    total = Tally()
    for done, tally in enumerate(in_parts(_Worker, plan, parts, processes), start=1):
        total.merge(tally)
        progress(done, len(parts))
    return Simulation(
        tally=total,
        current=before or "as decided",
        candidate=name,
        currency=currency,
        note=source.note,
    )


def _examined(root: Path) -> tuple[str, str]:
    """Digest and currency; what is wrong with a policy is told as ``policy check`` tells it."""
    try:
        policy = load_policy(root)
    except PolicyError:
        report = check(root, proofs=False)
        raise PolicyError(f"{root} cannot be used\n{as_text(report)}") from None
    policy.rules.close()
    return policy.digest, policy.bundle.strategy.currency


class _Worker:
    """Both policies, loaded once, and the parts through them."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self._candidate = _sharing(_same(plan.candidate, plan.digests[0]))
        self._current = (
            None if plan.current is None else _sharing(_same(plan.current, plan.digests[1]))
        )
        self._unit = 10 ** MINOR_DIGITS[self._candidate.bundle.strategy.currency]
        self._decided: dict[str, Mapping[str, Product]] = {}

    def close(self) -> None:
        """Give the rule engines back."""
        for policy in (self._candidate, self._current):
            if policy is not None:
                policy.rules.close()

    def run(self, part: Part) -> Tally:
        """The tally of one part."""
        tally = Tally()
        for item in self._plan.source.read(part):
            if isinstance(item, Gone):
                tally.leave(item.kind, item.name, item.why)
                continue
            try:
                self._compare(item, tally)
            except _Left as left:
                tally.leave(left.kind, item.admission.decision_id, left.why)
        return tally

    def _compare(self, item: Item, tally: Tally) -> None:
        name = item.admission.application.product
        current = self._of_current(item)
        candidate = _decision(self._candidate, item)
        products = self._products(current).get(name), self._candidate.products[name]
        tally.add(current, candidate, products, _segments(item.admission.application), self._unit)

    def _of_current(self, item: Item) -> Decision:
        if self._current is not None:
            return _decision(self._current, item)
        if item.decided is None:
            raise PolicyError("applications need a current policy: nobody has decided them yet")
        return item.decided

    def _products(self, current: Decision) -> Mapping[str, Product]:
        """As the policy has them that made the current decision; none if it is not at hand."""
        if self._current is not None:
            return self._current.products
        digest = current.policy_digest
        if digest == self._candidate.digest:
            return self._candidate.products
        if digest not in self._decided:
            self._decided[digest] = _products_of(self._plan.source.policies, digest)
        return self._decided[digest]


class _Left(Exception):
    """An application that cannot be compared; ``kind`` as in ``Tally.leave``."""

    def __init__(self, kind: str, why: str) -> None:
        self.kind, self.why = kind, why
        super().__init__(why)


def _decision(policy: Policy, item: Item) -> Decision:
    product = item.admission.application.product
    if product not in policy.products:
        raise _Left("refused", f"no product {product}")
    try:
        found = evaluate(policy, item.admission, item.gathered)
    except Exception as error:  # noqa: BLE001 - one application must not end the others
        raise _Left("failed", f"cannot be evaluated: {type(error).__name__}") from None
    if not isinstance(found, Decision):
        raise _Left("cannot_tell", f"needs {', '.join(found.sources)}, which were not asked")
    return found


def _same(root: Path, digest: str) -> Policy:
    policy = load_policy(root)
    if policy.digest != digest:
        raise PolicyError(f"{root} was changed while it was simulated")
    return policy


def _products_of(policies: Path | None, digest: str) -> Mapping[str, Product]:
    place = None if policies is None else policies / digest
    if place is None or not place.is_dir():
        return {}
    bundle = load_bundle(place)
    return load_products(
        bundle.products, bundle.strategy.currency, bundle.strategy.asked_before_line
    )


def _segments(application: Application) -> tuple[str, str, str]:
    return application.product, application.channel, application.customer_segment


def _sharing(policy: Policy) -> Policy:
    """The policy with scorecards that remember the last applicant: two policies, one score."""
    cards = {name: _remembered(card) for name, card in policy.scorecards.items()}
    return replace(policy, scorecards=cards)


_cards: dict[str, _Remembering] = {}
"""By the digest of the model, so that two policies with the same one ask it once."""


def _remembered(card: Scorecard) -> Scorecard:
    return cast("Scorecard", _cards.setdefault(card.digest, _Remembering(card)))


class _Remembering:
    """A scorecard that answers the same question only once, with its parts if they are needed."""

    def __init__(self, card: Scorecard) -> None:
        self._card, self.scale = card, card.scale
        self._asked: Bureau | None = None
        self._answer: Assessed | ScoreUnavailable | None = None

    def assess_bureau(self, bureau: Bureau) -> Assessed | ScoreUnavailable:
        """The card's answer."""
        if self._answer is None or bureau is not self._asked:
            self._asked, self._answer = bureau, self._card.assess_bureau(bureau)
        return self._answer
