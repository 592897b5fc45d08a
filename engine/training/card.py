"""A trained card over columns: named values in; points, PD, contributions and families out.

The gate in front of the model: exactly the columns that the card reads, of the right type, finite,
within their ranges, missing only where the spec has a policy for it. What does not pass has no
score, and every fault is named. No value stands in a fault: it is somebody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from math import fsum, isfinite
from pathlib import Path
from typing import Self

import numpy as np

from engine.errors import PolicyError
from engine.outcome import ScoreResult
from engine.scoring.card import Assessed, Card
from engine.scoring.manifest import MANIFEST, Manifest, read_artefact
from engine.training.encode import OTHER_LEVEL, Levels, encoded, least, prepare
from engine.training.read_spec import read_spec
from engine.training.spec import FeatureSpec, Kind
from engine.training.table import Table
from engine.training.train import SPEC

Value = float | int | str | None


class Fault(StrEnum):
    """Why a value does not pass the gate."""

    NOT_GIVEN = "not_given"
    UNKNOWN_COLUMN = "unknown_column"
    WRONG_TYPE = "wrong_type"
    NOT_FINITE = "not_finite"
    MISSING = "missing"
    OUTSIDE_RANGE = "outside_range"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One column, or one feature, that stands in the way of a score."""

    column: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class NotScored:
    """No score, with everything that is wrong."""

    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TableCard(Card):
    """A card over the columns of its spec. Immutable, and safe to share between threads."""

    features: tuple[FeatureSpec, ...] = ()
    levels: Mapping[int, Levels] | None = None

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Load ``spec.yaml``, ``manifest.json`` and ``model.ubj``.

        Raises ``PolicyError`` as ``Card.read`` does, and if the spec is not the one it was trained
        by.
        """
        spec = read_spec(directory / SPEC)
        columns = tuple(replace(feature, low=least(feature)) for feature in spec.features)
        artefact = read_artefact(directory, columns)
        if artefact.manifest.spec_sha256 != spec.digest:
            raise PolicyError(f"{directory / SPEC}: is not the spec that the card was trained by")
        card = cls.of(artefact, columns)
        return replace(
            card,
            digest=sha256(f"{artefact.digest}{spec.digest}".encode()).hexdigest(),
            features=spec.features,
            levels=_levels(directory, artefact.manifest, spec.features),
        )

    @property
    def reads(self) -> dict[str, Kind]:
        """The columns that a score needs, and whether each is a number or a category."""
        return {name: feature.kind for feature in self.features for name in feature.of.names}

    def score(self, values: Mapping[str, Value]) -> ScoreResult | NotScored:
        """The score of one applicant. The same values give the same result everywhere."""
        assessed = self.assess_values(values)
        return assessed.explained() if isinstance(assessed, Assessed) else assessed

    def assess_values(self, values: Mapping[str, Value]) -> Assessed | NotScored:
        """The same without its parts and families."""
        refusals = self._refusals(values)
        if refusals:
            return NotScored(tuple(refusals))
        prepared = prepare(self.features, _one_row(values, self.reads))
        if prepared.faults:
            return NotScored(
                tuple(
                    Refusal(
                        fault.feature,
                        Fault.MISSING if fault.why == "is missing" else Fault.OUTSIDE_RANGE,
                    )
                    for fault in prepared.faults
                )
            )
        row = [float(value) for value in encoded(prepared, self.levels or {})[0]]
        missing = [place for place, value in enumerate(row) if not isfinite(value)]
        return self.assess(row, self.lost, missing)

    def _refusals(self, values: Mapping[str, Value]) -> list[Refusal]:
        found = [Refusal(name, Fault.UNKNOWN_COLUMN) for name in values if name not in self.reads]
        for name, kind in self.reads.items():
            fault = Fault.NOT_GIVEN if name not in values else _fault(values[name], kind)
            if fault is not None:
                found.append(Refusal(name, fault))
        return found

    def lost(self, _values: Sequence[float], losses: Sequence[float]) -> list[tuple[str, int]]:
        """Families that lost points against the reference, worst first, in the spec's order."""
        families = dict.fromkeys(feature.family for feature in self.features)
        totals = [
            (
                family,
                round(
                    fsum(
                        loss
                        for feature, loss in zip(self.features, losses, strict=True)
                        if feature.family == family
                    )
                ),
            )
            for family in families
        ]
        lost = [entry for entry in totals if entry[1] > 0]
        return sorted(lost, key=lambda entry: -entry[1])


def _fault(value: object, kind: Kind) -> Fault | None:
    """``None`` in order: a missing value is a matter of each feature's policy."""
    if value is None:
        return None
    if kind is Kind.CATEGORY:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return None if whole or isinstance(value, str) else Fault.WRONG_TYPE
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Fault.WRONG_TYPE
    try:
        return None if isfinite(value) else Fault.NOT_FINITE
    except OverflowError:
        return Fault.NOT_FINITE


def _one_row(values: Mapping[str, Value], reads: Mapping[str, Kind]) -> Table:
    columns = {
        name: np.array([values[name]], dtype=object)
        if kind is Kind.CATEGORY
        else np.array([np.nan if values[name] is None else values[name]], dtype=np.float64)
        for name, kind in reads.items()
    }
    return Table("the request", "", columns, 1)


def _levels(
    directory: Path, manifest: Manifest, features: Sequence[FeatureSpec]
) -> dict[int, Levels]:
    found = {}
    for place, feature in enumerate(features):
        if feature.kind is not Kind.CATEGORY:
            continue
        known = dict(manifest.levels.get(feature.name, {}))
        other = known.pop(OTHER_LEVEL, None)
        if other is None or not all(isfinite(value) for value in (other, *known.values())):
            raise PolicyError(f"{directory / MANIFEST}: levels.{feature.name}: must be numbers")
        found[place] = Levels(known, other)
    return found
