"""The highest line that an account may be raised to: the caps of ``engine.lines``, over arrays.

The same caps in the same order as for an application. Each has a mask of where it is known: a cap
that rests on something nobody knows leaves no room at all. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
import numpy.typing as npt

from engine.lines import Product
from engine.lines.product import Band
from engine.outcome import CapName
from engine.portfolio.exact import Bools, Ints, down_to, one, product
from engine.portfolio.rate import PPM
from engine.portfolio.verdicts import Values

_NONE = np.int64(2**62)
CAPS = tuple(CapName)
NO_BAND = -1


@dataclass(frozen=True, slots=True, eq=False)
class Ceilings:
    """``highest``: minor units, a multiple of the step; ``binding``: place in ``CAPS``.

    ``known``: where every cap is; elsewhere ``highest`` means nothing, and nothing is raised.
    """

    highest: Ints
    binding: npt.NDArray[np.int8]
    known: Bools


def bands_of(card: Product, pd_ppm: Ints) -> npt.NDArray[np.int8]:
    """The place of each PD's band in the product's."""
    found = np.full(len(pd_ppm), len(card.bands) - 1, dtype=np.int8)
    for place, band in reversed(list(enumerate(card.bands[:-1]))):
        found[pd_ppm < ceil(band.pd_below * PPM)] = place
    return found


def ceilings(card: Product, columns: Mapping[str, Values], pd_ppm: Ints, rated: Bools) -> Ceilings:
    """The ceilings of accounts of one product, by the columns of the file."""
    bands = bands_of(card, pd_ppm)
    caps = {
        CapName.INCOME: _strength(card, columns, bands),
        CapName.DEBT_SERVICE: _debt_service(card, columns),
        CapName.EXPECTED_LOSS: _expected_loss(card, pd_ppm, bands),
        CapName.TOTAL_EXPOSURE: _total(card, columns),
        CapName.SEGMENT: _segment(card, columns),
        CapName.PRODUCT: _always(np.full(len(pd_ppm), card.maximum_minor, dtype=np.int64)),
        CapName.GROUP: _group(card, columns),
    }
    amounts = np.stack([caps[name].data if name in caps else _free(pd_ppm) for name in CAPS])
    known = np.logical_and.reduce([cap.known for cap in caps.values()])
    binding = amounts.argmin(axis=0).astype(np.int8)
    highest = down_to(amounts.min(axis=0), card.step_minor)
    return Ceilings(highest, binding, known & rated)


def _free(like: Ints) -> Ints:
    return np.full(len(like), _NONE, dtype=np.int64)


def _always(data: Ints) -> Values:
    return Values(data, np.ones(len(data), dtype=np.bool_))


def _strength(card: Product, columns: Mapping[str, Values], bands: npt.NDArray[np.int8]) -> Values:
    income, assets = columns["verified_income_minor"], columns["verified_assets_minor"]
    counted = np.minimum(income.data, card.income_cap_minor)
    owned = np.minimum(assets.data, card.assets_cap_minor)
    found = np.zeros(len(bands), dtype=np.int64)
    for place, band in enumerate(card.bands):
        here = bands == place
        found[here] = _line_of(band, counted[here], owned[here])
    return Values(found, income.known & assets.known)


def _line_of(band: Band, income: Ints, assets: Ints) -> Ints:
    """``k * income + a * assets``, rounded down once."""
    k, a = band.income_multiple, band.asset_share
    common = k.denominator * a.denominator
    first = product(income, one(k.numerator * a.denominator))
    second = product(assets, one(a.numerator * k.denominator))
    whole: Ints = ((first + second) // common).astype(np.int64)
    return whole


def _debt_service(card: Product, columns: Mapping[str, Values]) -> Values:
    income, due = columns["verified_income_minor"], columns["monthly_obligations_minor"]
    theta = card.debt_service_share
    counted = np.minimum(income.data, card.income_cap_minor)
    left = product(counted, one(theta.numerator))
    left = left - product(due.data, one(theta.denominator))
    rho = card.minimum_payment * theta.denominator
    top = product(np.maximum(left, 0).astype(np.int64), one(rho.denominator))
    return Values((top // rho.numerator).astype(np.int64), income.known & due.known)


def _expected_loss(card: Product, pd_ppm: Ints, bands: npt.NDArray[np.int8]) -> Values:
    """The greatest multiple of the step whose expected loss the band's budget bears."""
    found = _free(pd_ppm)
    for place, band in enumerate(card.bands):
        rate: Fraction = card.loss_given_default * band.expected_use / PPM
        here = (bands == place) & (pd_ppm > 0)
        if rate and here.any():
            top = one(band.loss_budget_minor * rate.denominator)
            most = (top // product(pd_ppm[here], one(rate.numerator))).astype(np.int64)
            found[here] = down_to(most, card.step_minor)
    return _always(found)


def _total(card: Product, columns: Mapping[str, Values]) -> Values:
    """Lines held here and elsewhere are deducted in full."""
    own, other = columns["own_other_lines_minor"], columns["elsewhere_lines_minor"]
    room = np.maximum(card.total_exposure_minor - own.data - other.data, 0)
    # Which of the customer's accounts may be raised can be told only if it is known whose they are.
    whose = columns["customer_id"].known | (own.data == 0)
    return Values(room, own.known & other.known & whose)


def _group(card: Product, columns: Mapping[str, Values]) -> Values:
    held = columns["group_lines_minor"]
    if card.group_exposure_minor is None:
        return _always(_free(held.data))
    whose = columns["group_id"].known | (held.data == 0)
    return Values(np.maximum(card.group_exposure_minor - held.data, 0), held.known & whose)


def _segment(card: Product, columns: Mapping[str, Values]) -> Values:
    """The lowest ceiling that applies; unknown where it cannot be told which do."""
    student, age = columns["is_student"], columns["age"]
    segment = columns["customer_segment"]
    ceilings_of = card.ceilings
    found = _free(age.data)
    known = np.ones(len(found), dtype=np.bool_)
    if ceilings_of.unsecured_minor is not None:
        found = np.minimum(found, ceilings_of.unsecured_minor)
    if ceilings_of.student_minor is not None:
        found = _least(found, student.data, ceilings_of.student_minor)
        known &= student.known
    for item in ceilings_of.ages:
        inside = (age.data >= item.from_age) & (age.data < item.below_age)
        found = _least(found, inside, item.ceiling_minor)
        known &= age.known
    for name, ceiling in ceilings_of.segments.items():
        found = _least(found, segment.data == name, ceiling)
        known &= segment.known
    return Values(found, known)


def _least(amounts: Ints, where: Bools, ceiling: int) -> Ints:
    return np.where(where, np.minimum(amounts, ceiling), amounts)
