"""What a training is asked for: the values of a spec file, checked. ``read_spec`` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.training.formula import Formula


class Kind(StrEnum):
    """How a feature is read: a number, or one of the levels seen in training."""

    NUMBER = "number"
    CATEGORY = "category"


class Missing(StrEnum):
    """What a value that is missing becomes.

    ``REFUSE``: no score. ``WORST``, ``BEST``: the risky or the safe end of the range, so a sign is
    needed. ``SEPARATE``: the trees are told that it is missing; only without a sign, since a
    monotone constraint does not hold between missing and known.
    """

    REFUSE = "refuse"
    WORST = "worst"
    BEST = "best"
    SEPARATE = "separate"


class Outside(StrEnum):
    """What a value outside the range becomes: the nearest bound, or no score."""

    CLIP = "clip"
    REFUSE = "refuse"


#: What stands for a missing or special value: a policy, or a number.
Instead = Missing | float


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSpec:
    """One column of the model.

    ``sign`` +1: a higher value never lowers the risk; -1: never raises it; 0: no constraint.
    ``special``: codes that are no amounts, with what each becomes.
    """

    name: str
    of: Formula
    kind: Kind
    sign: int
    low: float
    high: float
    family: str
    missing: Instead
    outside: Outside = Outside.CLIP
    special: tuple[tuple[float, Instead], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSpec:
    """A CSV or Parquet file. ``header``: the names of the columns where the file has none.

    ``decimal``: the mark between the whole and the fraction in texts, a point or a comma.
    """

    file: str
    name: str
    licence: str
    separator: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    header: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ("",)
    columns: tuple[tuple[str, str], ...] = ()
    """Names used in the spec, and the names in the file where they differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSpec:
    """``bad``: the values of the column that mean a bad outcome.

    ``good``: those that mean a good one; empty: all others. ``indeterminate``: neither; such rows
    are left out, and so are those without an outcome if ``skips_missing``.
    """

    column: str
    bad: tuple[str, ...]
    good: tuple[str, ...] = ()
    indeterminate: tuple[str, ...] = ()
    skips_missing: bool = False
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """An attribute that is never a feature, and is looked at for fairness. ``cuts``: of numbers."""

    name: str
    column: str
    cuts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Rows for which the report measures the card on their own."""

    name: str
    when: Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Rows that are left out, and why."""

    when: Formula
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Folds, or a split by time: train before ``calibrate_from``, test from ``test_from`` on.

    ``column``: days, months or years (2026-01-31, 2026-01, 2026Q1), or numbers that rise with time;
    empty: by folds alone.
    """

    folds: int = 5
    seed: int = 42
    column: str = ""
    calibrate_from: str = ""
    test_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The budget: so many of the fixed configurations, each with so many trees at most.

    ``hold_outs``: how many inner hold-outs a configuration is judged on; ``bags``: so many trees
    are averaged in each round of the card. ``additive``: trees of one split: it is a table.
    """

    configurations: int = 12
    rounds: int = 800
    patience: int = 40
    eta: float = 0.05
    hold_outs: int = 1
    bags: int = 3
    additive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauColumns:
    """Columns of six bureau statements, the latest first, for cards over the bureau's summary.

    ``statuses``: codes of the status column; any other code is months past due.
    """

    status: tuple[str, ...]
    balance: tuple[str, ...]
    limit: tuple[str, ...]
    payment: tuple[str, ...]
    statuses: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A whole spec. ``digest``: the SHA-256 of its file."""

    card: str
    description: str
    data: DataSpec
    target: TargetSpec
    features: tuple[FeatureSpec, ...]
    digest: str
    bureau: BureauColumns | None = None
    protected: tuple[Protected, ...] = ()
    segments: tuple[Segment, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    interactions: tuple[tuple[str, ...], ...] = ()
    weight: str = ""
    split: Split = Split()
    tuning: Tuning = Tuning()
    base: int = 600
    base_odds: int = 50
    pdo: int = 20
    limits: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """Reason families in the order of the spec, in which ties are resolved."""
        return tuple(dict.fromkeys(feature.family for feature in self.features))

    @property
    def renamed(self) -> Mapping[str, str]:
        """Names of the spec to names of the file, where they differ."""
        return dict(self.data.columns)
