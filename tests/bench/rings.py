"""Time and memory of the offline search, and what it finds of planted rings.

    python -m tests.bench.rings --applicants 200000
    python -m tests.bench.rings --applicants 40000 --seeds 1 2 3

Rings are recovered at Jaccard >= .5. ``precision at recall .80``: among the communities with the
highest scores, the part that is mostly fraud; once as it is known, once as if nothing were.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from engine.generate import Settings, Truth, generate, graph_events
from engine.privacy import Tokeniser
from graph.model import GraphEvent
from graph.rings import Collector, RingSettings, RingsRun, find_rings
from graph.rings.scoring import score_of

_DAY_US = 86_400_000_000
_RECALL = 0.8
_SAME = 0.5


def planted(truth: Mapping[str, Truth], seen: Iterable[str]) -> dict[str, set[str]]:
    """The members of each ring among those seen, honest customers of its agent too."""
    rings: dict[str, set[str]] = defaultdict(set)
    for applicant in seen:
        told = truth[applicant]
        if told.ring or told.group_kind == "complicit_agent":
            rings[told.ring or told.group].add(applicant)
    return rings


def likeness(ring: set[str], run: RingsRun) -> float:
    """The greatest Jaccard index with a community."""
    communities = ({m.applicant for m in found.members} for found in run.rings)
    return max((len(ring & c) / len(ring | c) for c in communities if ring & c), default=0.0)


def precision(scored: list[tuple[int, bool]]) -> tuple[float, int]:
    """At the highest score that reaches the recall; and that score."""
    needed = math.ceil(_RECALL * sum(bad for _, bad in scored))
    for score in sorted({score for score, _ in scored}, reverse=True):
        chosen = [bad for other, bad in scored if other >= score]
        if sum(chosen) >= needed:
            return sum(chosen) / len(chosen), score
    return 0.0, 0


def search(events: Iterable[GraphEvent], as_of_us: int) -> RingsRun:
    """One search, timed."""
    began = time.perf_counter()
    collector = Collector(as_of_us=as_of_us)
    for event in events:
        collector.add(event)
    material = collector.material()
    read = time.perf_counter()
    run = find_rings(material, {}, RingSettings())
    ended = time.perf_counter()
    print(
        f"{run.applicants} applicants, {len(material.link_at_us)} links, {run.pairs} pairs, "
        f"{run.communities} communities, {len(run.rings)} of three and more: "
        f"generated and read {read - began:.1f} s, search {ended - read:.1f} s"
    )
    return run


def measure(applicants: int, seed: int) -> None:
    """Generate, search as of the end, compare with the truth."""
    settings = Settings(seed=seed, applicants=applicants)
    as_of_us = settings.begin_us + (settings.days + 1) * _DAY_US
    run = search(graph_events(settings, Tokeniser(b"bench" * 8, default_region="CN")), as_of_us)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    truth = {item.request.request_id: item.truth for item in generate(settings)}
    rings = planted(truth, truth)
    lost = [name for name, members in rings.items() if likeness(members, run) < _SAME]
    print(f"seed {seed}: peak memory {peak} MB; rings recovered {len(rings) - len(lost)} of "
          f"{len(rings)}{': not ' + ', '.join(sorted(lost)) if lost else ''}")  # fmt: skip
    told: list[tuple[int, bool]] = []
    blind: list[tuple[int, bool]] = []
    false: Counter[str] = Counter()
    for ring in run.rings:
        members = [truth[m.applicant] for m in ring.members]
        bad = 2 * sum(m.fraud for m in members) >= len(members)
        told.append((ring.score, bad))
        blind.append((score_of(dataclasses.replace(ring.figures, fraud=0))[0], bad))
        if ring.score >= RingSettings().alarm_score and not bad:
            false[members[0].group_kind or "none"] += 1
    for name, scored in (("with known fraud", told), ("nothing known", blind)):
        found, score = precision(scored)
        print(f"  {name}: precision {found:.2f} at recall {_RECALL:.2f} (score {score})")
    alarms = sum(score >= RingSettings().alarm_score for score, _ in told)
    print(f"  alarms {alarms}; of them no rings: {dict(false) or 'none'}")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=200_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    options = parser.parse_args()
    for seed in options.seeds:
        measure(options.applicants, seed)


if __name__ == "__main__":
    main()
