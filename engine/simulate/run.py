"""The simulation itself: in one process or in many, with the same result to the byte."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from engine.check import check
from engine.check_formats import as_text
from engine.currency import MINOR_DIGITS
from engine.errors import PolicyError
from engine.evaluate import evaluate
from engine.model import Application, Bureau
from engine.outcome import Decision, ScoreResult
from engine.policy import Policy, load_policy
from engine.scoring import Scorecard, ScoreUnavailable
from engine.simulate.sources import Gone, Item, Source
from engine.simulate.tally import Tally

Progress = Callable[[int, int], None]
"""Told the parts that are done, and all parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What came out. ``current``: a digest, or "as decided"."""

    tally: Tally
    current: str
    candidate: str
    currency: str


@dataclass(frozen=True, slots=True)
class _Plan:
    source: Source
    candidate: Path
    current: Path | None


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
    plan = _Plan(source, candidate, current)
    policy = _loaded(candidate)
    name = "as decided" if current is None else _digest(current)
    currency = policy.bundle.strategy.currency
    policy.rules.close()
    parts = source.parts()
    total = Tally()
    for done, tally in enumerate(_tallies(plan, parts, processes), start=1):
        total.merge(tally)
        progress(done, len(parts))
    return Simulation(tally=total, current=name, candidate=policy.digest, currency=currency)


def _digest(root: Path) -> str:
    policy = _loaded(root)
    policy.rules.close()
    return policy.digest


def _loaded(root: Path) -> Policy:
    """The policy; what is wrong with one is told as ``policy check`` tells it."""
    try:
        return load_policy(root)
    except PolicyError:
        report = check(root, proofs=False)
        raise PolicyError(f"{root} cannot be used\n{as_text(report)}") from None


def _tallies(plan: _Plan, listed: Sequence[tuple[int, int]], processes: int) -> Iterator[Tally]:
    if processes <= 1 or len(listed) <= 1:
        worker = _Worker(plan)
        try:
            yield from map(worker.run, listed)
        finally:
            worker.close()
        return
    # Not forked: the native libraries in it do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(processes, len(listed)), _begin, (plan,)) as pool:
        yield from pool.imap(_run, listed)


_worker: list[_Worker] = []
"""The one of this process, set when it begins."""


def _begin(plan: _Plan) -> None:
    _worker[:] = [_Worker(plan)]


def _run(part: tuple[int, int]) -> Tally:
    return _worker[0].run(part)


class _Worker:
    """Both policies, loaded once, and the parts through them."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self._candidate = _sharing(load_policy(plan.candidate))
        self._current = None if plan.current is None else _sharing(load_policy(plan.current))
        self._unit = 10 ** MINOR_DIGITS[self._candidate.bundle.strategy.currency]

    def close(self) -> None:
        """Give the rule engines back."""
        for policy in (self._candidate, self._current):
            if policy is not None:
                policy.rules.close()

    def run(self, part: tuple[int, int]) -> Tally:
        """The tally of one part."""
        tally = Tally()
        for item in self._plan.source.read(part):
            if isinstance(item, Gone):
                tally.leave(item.kind, item.name, item.why)
            else:
                self._compare(item, tally)
        return tally

    def _compare(self, item: Item, tally: Tally) -> None:
        name, application = item.admission.decision_id, item.admission.application
        decided: list[Decision] = []
        for policy in (self._current, self._candidate):
            if policy is None:
                if item.decided is None:
                    raise PolicyError("applications need --current: nobody has decided them yet")
                decided.append(item.decided)
                continue
            if application.product not in policy.products:
                tally.leave("refused", name, f"no product {application.product}")
                return
            found = evaluate(policy, item.admission, item.gathered)
            if not isinstance(found, Decision):
                why = f"needs {', '.join(found.sources)}, which were not asked"
                tally.leave("cannot_tell", name, why)
                return
            decided.append(found)
        products = tuple(
            (policy or self._candidate).products.get(application.product)
            for policy in (self._current, self._candidate)
        )
        first, second = products
        if first is None or second is None:
            raise AssertionError("both policies have decided on it")
        segments = _segments(application)
        tally.add(decided[0], decided[1], (first, second), segments, self._unit)


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
    """A scorecard that answers the same question only once."""

    def __init__(self, card: Scorecard) -> None:
        self._card, self.scale = card, card.scale
        self._asked: Bureau | None = None
        self._answer: ScoreResult | ScoreUnavailable | None = None

    def score(self, bureau: Bureau) -> ScoreResult | ScoreUnavailable:
        """The card's answer."""
        if self._answer is None or bureau is not self._asked:
            self._asked, self._answer = bureau, self._card.score(bureau)
        return self._answer
