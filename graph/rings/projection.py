"""From links to pairs of applicants: capped, decayed with the time between, weighted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.model import IdentifierKind, Role
from graph.rings.material import KINDS, ROLES, Floats, Ints, Material
from graph.rings.settings import KIND_WEIGHTS, ROLE_WEIGHTS, RingSettings

_DAY_US = 86_400_000_000
_USES = ROLES.index(Role.USES)
_EXACT = 1e6
"""Weights are whole millionths: machines differ in the last digit of an exponential."""

WAYS = (*KINDS, *(role for role in ROLES if role is not Role.USES))
"""Ways of sharing: using an identifier of a kind, or naming one in a role. Bits, in this order."""


def bit(way: IdentifierKind | Role) -> int:
    """The way's bit."""
    return 1 << WAYS.index(way)


class Joining(NamedTuple):
    """A link through which applicants are joined; ``way`` a place in ``WAYS``."""

    applicant: Ints
    identifier: Ints
    way: Ints
    at_us: Ints
    weight: Floats
    on_it: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """Each pair of applicants once, ``first`` below ``second``, ordered. ``ways``: bits."""

    first: Ints
    second: Ints
    weight: Floats
    ways: Ints


def joining(material: Material, settings: RingSettings) -> Joining:
    """Links on identifiers that join at least two applicants and are neither hub nor declared.

    ``on_it``: applicants on the identifier, in all roles. An identifier that too many use joins
    nobody; one that too many name joins those that use it.
    """
    size = len(material.identifiers)
    uses = material.link_role == _USES
    users = np.bincount(material.link_identifier[uses], minlength=size)
    named = np.bincount(material.link_identifier[~uses], minlength=size)
    caps = np.array([settings.caps[kind] for kind in KINDS])[material.kind]
    is_open = users <= caps
    if material.shared:
        is_open[list(material.shared)] = False
    is_named = is_open & (named <= settings.named_cap)
    keep = np.where(uses, is_open[material.link_identifier], is_named[material.link_identifier])
    applicant, identifier = material.link_applicant[keep], material.link_identifier[keep]
    on_it = np.bincount(identifier, minlength=size)[identifier]
    shares = on_it > 1
    way = np.where(
        uses, material.kind[material.link_identifier], len(KINDS) - 1 + material.link_role
    )[keep]
    return Joining(
        applicant[shares],
        identifier[shares],
        way[shares],
        material.link_at_us[keep][shares],
        _weights()[way[shares]],
        on_it[shares],
    )


def _weights() -> Floats:
    return np.array(
        [
            KIND_WEIGHTS[way] if isinstance(way, IdentifierKind) else ROLE_WEIGHTS[way]
            for way in WAYS
        ]
    )


def pairs_of(links: Joining, settings: RingSettings) -> Pairs:
    """All pairs on each identifier, summed over identifiers; the light ones are left out.

    So are those that share nothing but an IP address, behind which a carrier may have thousands.
    Weight on one identifier: of the weaker link, through the logarithm of the applicants on it,
    less the longer the time between the two.
    """
    parts = list(_blocks(links, settings))
    if not parts:
        nothing = np.empty(0, dtype=np.int64)
        return Pairs(first=nothing, second=nothing, weight=nothing.astype(float), ways=nothing)
    first, second, weight, ways = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((weight, ways, second, first))
    first, second, weight, ways = first[order], second[order], weight[order], ways[order]
    starts = np.flatnonzero((np.diff(first, prepend=-1) != 0) | (np.diff(second, prepend=-1) != 0))
    summed = np.round(np.add.reduceat(weight, starts), 6)
    united = np.bitwise_or.reduceat(ways, starts)
    kept = (summed >= settings.least_weight) & (united != bit(IdentifierKind.IP))
    return Pairs(
        first=first[starts][kept],
        second=second[starts][kept],
        weight=summed[kept],
        ways=united[kept],
    )


def _blocks(links: Joining, settings: RingSettings) -> Iterator[tuple[Ints, Ints, Floats, Ints]]:
    """Identifiers with the same number of links at once."""
    if not len(links.identifier):
        return
    starts = np.flatnonzero(np.diff(links.identifier, prepend=-1))
    sizes = np.diff(starts, append=len(links.identifier))
    for size in np.unique(sizes):
        if size > 1:
            rows = starts[sizes == size][:, None] + np.arange(size)
            left, right = np.triu_indices(size, 1)
            yield _block(links, rows[:, left].ravel(), rows[:, right].ravel(), settings)


def _block(
    links: Joining, left: Ints, right: Ints, settings: RingSettings
) -> tuple[Ints, Ints, Floats, Ints]:
    a, b = links.applicant[left], links.applicant[right]
    apart_us = np.abs(links.at_us[left] - links.at_us[right])
    weight = np.minimum(links.weight[left], links.weight[right]) / np.log2(
        np.maximum(links.on_it[left], 2)
    )
    weight *= np.exp(-apart_us / (settings.decay_days * _DAY_US))
    weight = np.round(weight * _EXACT) / _EXACT
    ways = (1 << links.way[left]) | (1 << links.way[right])
    apart = a != b
    low, high = np.minimum(a, b), np.maximum(a, b)
    return low[apart], high[apart], weight[apart], ways[apart]
