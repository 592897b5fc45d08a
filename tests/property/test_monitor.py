"""Monitoring against definitions: sums, an oracle of the PSI, and an exact split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from math import log
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.monitor.account import Counted, account_of
from engine.monitor.causes import Cause, Key, segment_causes
from engine.monitor.cells import Cell, Metric
from engine.monitor.decompose import decompose
from engine.monitor.observation import DIMENSIONS, Observation, Scored, Segment
from engine.monitor.population import Population, merged
from engine.monitor.stability import Bins, stability
from engine.outcome import Outcome
from engine.reported import Performance
from tests.observations import observation

_NAMES = st.sampled_from(("", "a", "b", "c"))
_SCORED = st.builds(
    Scored,
    st.sampled_from(("one", "two")),
    st.just("digest"),
    st.integers(-900, 2_000),
    st.floats(0.0, 1.0),
    st.lists(st.integers(0, 5), min_size=3, max_size=3).map(tuple),
)
OBSERVATIONS = st.builds(
    observation,
    segment=st.builds(
        Segment, _NAMES, _NAMES, _NAMES, _NAMES, _NAMES, _NAMES, st.sampled_from(("", "graph:down"))
    ),
    outcome=st.sampled_from(Outcome),
    policy=_NAMES,
    score=st.none() | _SCORED,
    fraud_score=st.none() | _SCORED,
    challengers=st.lists(_SCORED, max_size=2).map(tuple),
    line_minor=st.integers(0, 10**9),
    offer_minor=st.integers(0, 10**9),
    cap=_NAMES,
    reasons=st.lists(st.sampled_from(("R1", "R2", "R3")), unique=True).map(tuple),
    rules=st.frozensets(st.sampled_from(("A", "B"))),
    review=st.none() | st.sampled_from(Outcome),
    performance=st.none() | st.sampled_from(Performance),
)
SOME = st.lists(OBSERVATIONS, max_size=25)


def _of(observations: Sequence[Observation], weight: int = 1) -> Population:
    found = Population()
    for seen in observations:
        found.add(seen, weight)
    return found


def _plain(value: Any) -> Any:
    """Without what counts 0: what was taken back leaves a 0 behind."""
    if is_dataclass(value):
        return _plain({item.name: getattr(value, item.name) for item in fields(value)})
    if isinstance(value, dict):
        found = {key: _plain(part) for key, part in value.items()}
        return {key: part for key, part in found.items() if part not in (0, {}, [])}
    if isinstance(value, list):
        parts = [_plain(part) for part in value]
        return parts if any(parts) else []
    return value


@settings(max_examples=150)
@given(st.lists(SOME, max_size=4))
def test_the_sum_of_days_is_the_window(days: list[list[Observation]]) -> None:
    """Exactly, whatever the order of the days."""
    whole = _of([seen for day in days for seen in day])
    assert merged(_of(day) for day in days) == whole
    assert merged(_of(day) for day in reversed(days)) == whole


@settings(max_examples=150)
@given(SOME, SOME)
def test_what_is_taken_back_was_never_there(
    kept: list[Observation], gone: list[Observation]
) -> None:
    """An application counts once, by its last decision."""
    found = _of([*kept, *gone])
    for seen in gone:
        found.add(seen, -1)
    assert _plain(found) == _plain(_of(kept))


@settings(max_examples=300)
@given(SOME, SOME, st.sampled_from(Metric), st.sampled_from(DIMENSIONS), st.integers(0, 8))
def test_mix_and_rate_add_to_the_change(
    first: list[Observation], second: list[Observation], metric: Metric, name: str, least: int
) -> None:
    """As fractions, to the last digit; and the change is that of the plain means."""
    before, after = _of(first), _of(second)
    found = decompose(name, metric, before.by(name), after.by(name), least=least)
    means = [_mean(metric, observations) for observations in (first, second)]
    if found is None:
        assert None in means
        return
    assert means[0] is not None
    assert means[1] is not None
    assert found.mix + found.rate == found.change
    assert abs(float(found.change - (means[1] - means[0]))) < 1e-6
    assert sum((part.share_after for part in found.parts), Fraction(0)) == 1


def _mean(metric: Metric, observations: Sequence[Observation]) -> Fraction | None:
    if metric is Metric.APPROVAL:
        values = [Fraction(seen.outcome is Outcome.APPROVE) for seen in observations]
    elif metric is Metric.LINE:
        values = [Fraction(s.line_minor) for s in observations if s.outcome is Outcome.APPROVE]
    else:
        scores = [seen.score for seen in observations if seen.score is not None]
        points = metric is Metric.POINTS
        values = [Fraction(score.points) if points else Fraction(score.pd) for score in scores]
    return sum(values, Fraction(0)) / len(values) if values else None


_KEYS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(DIMENSIONS), _NAMES),
        min_size=1,
        max_size=2,
        unique_by=lambda part: part[0],
    ).map(tuple),
    min_size=1,
    max_size=5,
)


def _sure(cause: Cause) -> Cause:
    """As if it were beyond doubt: a zero p-value stays one after any correction."""
    return replace(cause, p_value=0.0, tried=0)


@settings(max_examples=100, deadline=None)
@given(SOME, SOME, st.sampled_from(Metric), _KEYS)
def test_parts_of_the_account_and_the_rest_add_to_the_change(
    first: list[Observation], second: list[Observation], metric: Metric, keys: list[Key]
) -> None:
    """Whatever is taken for a cause; with all of it taken, the rest is what moved the others."""
    before, after = _of(first), _of(second)
    causes = [
        _sure(cause) for cause in segment_causes(metric, before, after, least=0)
        if cause.key in {*keys}
    ]  # fmt: skip
    found = account_of(metric, (before, after), causes)
    change = float(after.whole().moments(metric).mean - before.whole().moments(metric).mean)
    assert sum(part.effect for part in found.parts) + found.rest == pytest.approx(change)
    assert {p.key for p in found.parts if isinstance(p, Cause)} <= {cause.key for cause in causes}


@settings(max_examples=100, deadline=None)
@given(SOME, SOME, st.sampled_from(Metric), _NAMES.filter(bool))
def test_a_cause_alone_leaves_what_all_others_moved(
    first: list[Observation], second: list[Observation], metric: Metric, value: str
) -> None:
    """Its rate, its mix and the change of the others are the whole change: nothing is lost."""
    windows = _of(first), _of(second)
    found = Counted(metric, windows).fit(((("channel", value),),))
    if not found:
        return
    (fit,) = found.values()
    means = []
    for window in windows:
        rest = Cell()
        for name, cell in window.by("channel").items():
            if name != value:
                rest.merge(cell)
        means.append(float(rest.moments(metric).mean))
    sums = [window.whole().moments(metric) for window in windows]
    change = float(sums[1].mean - sums[0].mean)
    assert fit.rate[0] + fit.mix[0] + means[1] - means[0] == pytest.approx(
        change, rel=1e-6, abs=1e-6
    )


@settings(max_examples=200)
@given(SOME, st.integers(1, 5))
def test_only_the_mix_moves_when_segments_repeat(seen: list[Observation], times: int) -> None:
    """Simpson: one value of a dimension comes more often, each value's own rate stays."""
    more = [one for one in seen for _ in range(times if one.segment.channel == "a" else 1)]
    before, after = _of(seen), _of(more)
    found = decompose("channel", Metric.APPROVAL, before.by("channel"), after.by("channel"))
    assert found is None or found.rate == 0


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.integers(1, 5_000), st.integers(1, 5_000)), min_size=2, max_size=12),
)
def test_the_psi_is_that_of_the_formula(pairs: list[tuple[int, int]]) -> None:
    """Symmetric, at least 0, and the same as written out over the shares."""
    now, then = [a for a, _ in pairs], [b for _, b in pairs]
    n, m = sum(now), sum(then)
    bins = Bins("x", tuple(range(len(pairs) - 1)), (), tuple(b / m for b in then))
    found = stability(bins, now, m)
    expected = sum((a / n - b / m) * (log(a / n) - log(b / m)) for a, b in pairs)
    assert abs(found.psi - expected) < 1e-9 * max(1.0, expected)
    other = Bins("x", bins.cuts, (), tuple(a / n for a in now))
    assert abs(stability(other, then, n).psi - found.psi) < 1e-9 * max(1.0, expected)
    assert found.psi >= 0
    assert 0 <= found.p_value <= 1


def test_a_merged_cell_has_every_sum() -> None:
    """Also one that is added to the cell later."""
    names = [item.name for item in fields(Cell)]
    one, other = Cell(*range(len(names))), Cell(*range(100, 100 + len(names)))
    one.merge(other)
    assert [getattr(one, name) for name in names] == [100 + 2 * i for i in range(len(names))]


@settings(max_examples=100)
@given(SOME)
def test_cells_of_every_dimension_add_to_the_whole(seen: list[Observation]) -> None:
    """Every figure can be cut by each of the six."""
    population = _of(seen)
    for name in DIMENSIONS:
        total = Cell()
        for cell in population.by(name).values():
            total.merge(cell)
        assert total == population.whole()
