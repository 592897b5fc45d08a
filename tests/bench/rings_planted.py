"""The planted benchmark: rings of known typologies among honest people who share as well.

    python -m tests.bench.rings_planted [--seeds 1 2 3] [--applicants 40000]

Each seed is a year of applications. The fraud scorecard is trained as the product trains it, on
the first 240 days, with the labels that were known by then; whole typologies are held out, and the
rest of the year is scored. So a ring is found by a card that has seen neither its kind nor its
time. Beside it the same without the graph, and the shipped card. `make bench-graph` prints it.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean, median

import numpy as np
import numpy.typing as npt

from engine.generate import Settings, Truth
from engine.generate.rings import TYPOLOGIES
from engine.generate.truth import DAY_US
from engine.rules import load_bundle
from engine.scoring import FraudCard
from engine.scoring.fraud_data import FraudSample, fraud_sample
from engine.scoring.fraud_fit import fit, fit_plain, margins
from engine.scoring.points import probability

SPLIT_DAY = 240
FALSE_ALARMS = 0.01
HELD_OUT: tuple[tuple[str, ...], ...] = (
    ("device_star", "chain", "referrer_hub"),
    ("phone_star", "synthetic_one_id", "camouflage"),
    ("synthetic_many_ids", "guarantor_hub", "bust_out"),
    ("agent_tablet", "reapplication"),
)
"""Each typology is held out once, with others that are unlike it."""

_POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"
_CARD = _POLICY / "scorecards" / "card_fraud"
_SCALE_DAYS = 365


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over folds. ``caught`` and ``there``: frauds by typology; ``honest``: by kind."""

    caught: dict[str, float]
    there: dict[str, float]
    alarms: Counter[str]
    honest: Counter[str]

    def rate(self, typologies: Iterable[str]) -> float:
        """Part of the frauds of these typologies that were caught."""
        wanted = list(typologies)
        there = sum(self.there[name] for name in wanted)
        return sum(self.caught[name] for name in wanted) / there if there else float("nan")

    def false_rate(self, kinds: Iterable[str]) -> float:
        """Part of the honest of these kinds that raised an alarm."""
        wanted = list(kinds)
        honest = sum(self.honest[name] for name in wanted)
        return sum(self.alarms[name] for name in wanted) / honest if honest else float("nan")


def empty() -> Tally:
    """Nothing counted."""
    return Tally(defaultdict(float), defaultdict(float), Counter(), Counter())


@dataclass(frozen=True, slots=True)
class Result:
    """One seed. ``lags``: of each ring the members seen up to the first alarm, 0: never."""

    seed: int
    graph: Tally
    plain: Tally
    shipped: Tally
    lags: tuple[int, ...]
    cut_off: Tally


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--applicants", type=int, default=40_000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    wanted = [Settings(seed=seed, applicants=options.applicants) for seed in options.seeds]
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(measure, wanted))
    report(results)


def measure(settings: Settings) -> Result:
    """One seed."""
    sample = fraud_sample(settings)
    split_us = settings.begin_us + SPLIT_DAY * settings.days // _SCALE_DAYS * DAY_US
    typologies = np.array([truth.typology for truth in sample.truths])
    later = sample.at_us >= split_us
    known = sample.known(split_us)
    requests = np.array(sample.requests, dtype=np.float32)
    graph, plain = empty(), empty()
    alarms = np.zeros(len(sample.at_us), dtype=np.bool_)
    for held_out in HELD_OUT:
        earlier = ~later & ~np.isin(typologies, held_out)
        for tally, rows, fitted in (
            (graph, sample.rows, fit),
            (plain, requests, fit_plain),
        ):
            booster = fitted(rows[earlier], known[earlier])
            scored = np.array(margins(booster, rows[later]))
            flags = scored > np.quantile(scored[~sample.fraud[later]], 1 - FALSE_ALARMS)
            _count(tally, sample, later, flags, held_out)
            if tally is graph:
                mine = np.isin(typologies[later], held_out)
                alarms[np.flatnonzero(later)[mine & flags]] = True
    card = FraudCard.load(_CARD)
    scored = np.array(margins(card.booster, sample.rows[later]))
    flags = scored > np.quantile(scored[~sample.fraud[later]], 1 - FALSE_ALARMS)
    shipped = empty()
    _count(shipped, sample, later, flags, tuple(TYPOLOGIES))
    odds = np.array([probability(card.calibrator.log_odds(margin)) for margin in scored.tolist()])
    cut_off = empty()
    _count(cut_off, sample, later, odds >= _cut_off(), tuple(TYPOLOGIES))
    return Result(
        seed=settings.seed,
        graph=graph,
        plain=plain,
        shipped=shipped,
        lags=_lags(sample, split_us, alarms),
        cut_off=cut_off,
    )


def _count(
    tally: Tally,
    sample: FraudSample,
    later: npt.NDArray[np.bool_],
    flags: npt.NDArray[np.bool_],
    held_out: Sequence[str],
) -> None:
    """Frauds of the held-out typologies, all solo frauds, all honest applications."""
    for place, flag in zip(np.flatnonzero(later).tolist(), flags.tolist(), strict=True):
        truth: Truth = sample.truths[place]
        if not truth.fraud:
            kind = truth.group_kind or "single"
            tally.honest[kind] += 1
            tally.alarms[kind] += flag
        elif truth.typology == "solo" or truth.typology in held_out:
            # A solo fraud is counted in every fold: weighed so that it counts once in all.
            weight = len(held_out) / len(TYPOLOGIES) if truth.typology == "solo" else 1
            tally.there[truth.typology] += weight
            tally.caught[truth.typology] += weight * flag


def _lags(sample: FraudSample, split_us: int, alarms: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    """Rings that began behind the split: members up to and with the first one that is flagged."""
    rings: dict[str, list[int]] = defaultdict(list)
    for place, truth in enumerate(sample.truths):
        if truth.ring:
            rings[truth.ring].append(place)
    lags = []
    for members in rings.values():
        if sample.at_us[members[0]] >= split_us:
            flagged = [number for number, m in enumerate(members, start=1) if alarms[m]]
            lags.append(flagged[0] if flagged else 0)
    return tuple(lags)


def report(results: Sequence[Result]) -> None:
    """Every figure, seed by seed, and their means."""
    rings = tuple(TYPOLOGIES)
    everything = (*rings, "solo")
    print(f"TPR at {FALSE_ALARMS:.0%} FPR, typology and time held out")
    print("seed   all frauds  ring members  without the graph  shipped card (all, rings)")
    for result in results:
        print(
            f"{result.seed:4} {result.graph.rate(everything):11.3f}"
            f" {result.graph.rate(rings):13.3f} {result.plain.rate(everything):18.3f}"
            f" {result.shipped.rate(everything):14.3f} {result.shipped.rate(rings):6.3f}"
        )
    means = [
        fmean(figure)
        for figure in zip(
            *(
                (
                    r.graph.rate(everything),
                    r.graph.rate(rings),
                    r.plain.rate(everything),
                    r.shipped.rate(everything),
                    r.shipped.rate(rings),
                )
                for r in results
            ),
            strict=True,
        )
    ]
    print(
        f"mean {means[0]:11.3f} {means[1]:13.3f} {means[2]:18.3f} {means[3]:14.3f} {means[4]:6.3f}"
    )
    print("\nby typology          " + "  ".join(f"seed {r.seed}" for r in results) + "   all")
    for name in everything:
        _line(name, [r.graph.caught for r in results], [r.graph.there for r in results])
    print("\nfalse alarms by kind of honest sharing")
    for name in sorted({kind for r in results for kind in r.graph.honest}):
        _line(name, [r.graph.alarms for r in results], [r.graph.honest for r in results])
    lags = [lag for r in results for lag in r.lags]
    found = [lag for lag in lags if lag]
    print(
        f"\nrings that began behind the split: {len(lags)}; first alarm at member "
        f"{median(found) if found else float('nan'):.0f} (median), "
        f"{max(found, default=0)} (most); without any: {len(lags) - len(found)}"
    )
    kinds = {kind for r in results for kind in r.cut_off.honest}
    merged = _merged([result.cut_off for result in results])
    print(f"\nthe shipped card at its cut-off, {_cut_off():.2f}")
    print(
        f"all frauds {merged.rate(everything):.3f}, ring members {merged.rate(rings):.3f}, "
        f"false alarms {merged.false_rate(kinds):.4f}"
    )
    for name in sorted(kinds):
        _line(name, [r.cut_off.alarms for r in results], [r.cut_off.honest for r in results])


def _merged(tallies: Sequence[Tally]) -> Tally:
    """One tally of all."""
    total = empty()
    for tally in tallies:
        for name in tally.there:
            total.caught[name] += tally.caught[name]
            total.there[name] += tally.there[name]
        total.alarms.update(tally.alarms)
        total.honest.update(tally.honest)
    return total


def _cut_off() -> float:
    """From which probability of fraud on the shipped policy refers."""
    return float(load_bundle(_POLICY).definitions["params.refer_from_fraud_pd"].text)


def _line(
    name: str, parts: Sequence[Mapping[str, float]], wholes: Sequence[Mapping[str, float]]
) -> None:
    rates = [
        part[name] / whole[name] if whole[name] else float("nan")
        for part, whole in zip(parts, wholes, strict=True)
    ]
    whole = sum(each[name] for each in wholes)
    total = sum(each[name] for each in parts) / whole if whole else float("nan")
    told = "  ".join(f"{rate:6.3f}" for rate in rates)
    print(f"{name:20} {told}  {total:6.3f}  of {whole:.0f}")


if __name__ == "__main__":
    main()
