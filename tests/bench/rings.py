"""Time and memory of the offline search, and what it finds of planted rings.

    python -m tests.bench.rings --applicants 200000
    python -m tests.bench.rings --applicants 40000 --seeds 1 2 3
    python -m tests.bench.rings --applicants 40000 --seeds 1 2 3 --weekly

Rings are recovered at Jaccard >= .5. ``precision at recall .80``: among the communities with the
highest scores, the part that is mostly fraud; once as it is known, once as if nothing were.

``--weekly`` searches as of each week instead. A ring is caught by the first search in which half of
its members so far are in a ring with the alarm score.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from engine.generate import Settings, Truth, generate, graph_events
from engine.privacy import Tokeniser
from graph.model import ApplicationProjected, GraphEvent
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


def measure_weekly(applicants: int, seed: int) -> None:
    """How early rings are caught, and how long their ids last."""
    settings = Settings(seed=seed, applicants=applicants)
    events = list(graph_events(settings, Tokeniser(b"bench" * 8, default_region="CN")))
    truth = {item.request.request_id: item.truth for item in generate(settings)}
    at_us = {e.applicant: e.at_us for e in events if isinstance(e, ApplicationProjected)}
    rings = planted(truth, truth)
    caught: dict[str, float] = {}
    ids: dict[str, list[str]] = defaultdict(list)
    previous: dict[str, str] = {}
    honest: dict[str, str] = {}
    for week in range(1, settings.days // 7 + 2):
        run = find_as_of(events, settings.begin_us + 7 * week * _DAY_US, previous)
        told = [ring for ring in run.rings if ring.score >= RingSettings().told_score]
        previous = {m.applicant: ring.ring for ring in told for m in ring.members}
        alarms = {r.ring for r in told if r.score >= RingSettings().alarm_score}
        for ring in told:
            bad = sum(truth[m.applicant].fraud for m in ring.members)
            if ring.ring in alarms and 2 * bad < len(ring.members):
                kinds = Counter(truth[m.applicant].group_kind for m in ring.members)
                honest[ring.ring] = kinds.most_common(1)[0][0]
        for name, members in rings.items():
            seen = [m for m in sorted(members) if at_us[m] < run.as_of_us]
            most = Counter(previous[m] for m in seen if m in previous).most_common(1)
            if most and 2 * most[0][1] >= len(seen):
                ids[name].append(most[0][0])
                if most[0][0] in alarms:
                    caught.setdefault(name, len(seen) / len(members))
    lags = sorted(caught.values())
    changes = sum(one != other for run in ids.values() for one, other in pairwise(run))
    print(
        f"seed {seed}, weekly: caught {len(caught)} of {len(rings)}; members seen until then: "
        f"median {lags[len(lags) // 2]:.0%}, before the last member {sum(x < 1 for x in lags)}; "
        f"ids changed {changes} times in {sum(map(len, ids.values()))} ring weeks; "
        f"alarms that were no rings {dict(Counter(honest.values()))}"
    )


def find_as_of(
    events: Iterable[GraphEvent], as_of_us: int, previous: Mapping[str, str]
) -> RingsRun:
    """One search, as of a time."""
    collector = Collector(as_of_us=as_of_us)
    for event in events:
        collector.add(event)
    return find_rings(collector.material(), previous, RingSettings())


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=200_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--weekly", action="store_true", help="search as of each week")
    options = parser.parse_args()
    for seed in options.seeds:
        (measure_weekly if options.weekly else measure)(options.applicants, seed)


if __name__ == "__main__":
    main()
