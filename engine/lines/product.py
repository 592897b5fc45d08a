"""Products: what ``products.yaml`` says of a card, checked and in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from engine.model import EvidenceKind


class Combine(StrEnum):
    """How proofs of strength add up: only the best alternative counts; additive ones add."""

    ALTERNATIVE = "alternative"
    ADDITIVE = "additive"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRule:
    """What one kind of proof counts for.

    ``haircut``: the part of the amount that counts; ``cap_minor``: the most that the kind counts
    for, after it. ``cost`` (effort of the customer, no currency), ``days`` and ``grid_minor`` (the
    steps in which a proof is asked for) serve evidence plans.
    """

    kind: EvidenceKind
    combine: Combine
    haircut: Fraction
    cap_minor: int
    cost: int
    days: int
    grid_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A risk band: PDs from the band before it up to, but not including, ``pd_below``.

    ``income_multiple`` k and ``asset_share`` a build the line; ``expected_use`` is the part of a
    line in use at default; ``loss_budget_minor`` bounds PD * LGD * use * line.
    """

    name: str
    pd_below: Fraction
    income_multiple: Fraction
    asset_share: Fraction
    expected_use: Fraction
    loss_budget_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeCeiling:
    """A ceiling for ages from ``from_age`` up to, but not including, ``below_age``."""

    from_age: int
    below_age: int
    ceiling_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """Segment and regulatory ceilings; the lowest that applies binds."""

    unsecured_minor: int | None
    student_minor: int | None
    ages: tuple[AgeCeiling, ...]
    segments: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementaryRule:
    """What a supplementary card may hold: ``share`` of the primary card's line, in this range."""

    share: Fraction
    minimum_minor: int
    maximum_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryRule:
    """By how much a line is raised for a time at most: ``share`` of it, ``maximum_minor``; and for
    how many days.
    """

    share: Fraction
    maximum_minor: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A card as the policy configures it. Amounts in minor units; rates are exact fractions.

    ``debt_service_share`` theta: the part of income that may serve debt; ``minimum_payment`` rho:
    the part of a balance due each month; ``group_exposure_minor``: ceiling over this line
    and those of the circle of linked applicants. ``plan_days``: how long proofs can be added to
    a decision; ``None``: not at all. ``supplementary``, ``temporary``: ``None``: none are given.
    """

    name: str
    step_minor: int
    minimum_minor: int
    maximum_minor: int
    bands: tuple[Band, ...]
    debt_service_share: Fraction
    minimum_payment: Fraction
    loss_given_default: Fraction
    total_exposure_minor: int
    group_exposure_minor: int | None
    income_cap_minor: int
    assets_cap_minor: int
    ceilings: Ceilings
    evidence: Mapping[EvidenceKind, EvidenceRule]
    plan_days: int | None = None
    supplementary: SupplementaryRule | None = None
    temporary: TemporaryRule | None = None

    def band(self, pd: float) -> Band:
        """The band of a PD in 0..1; the last one takes all that is left."""
        exact = Fraction(pd)
        return next((b for b in self.bands if exact < b.pd_below), self.bands[-1])
