"""One batch of accounts: rated, judged by the rules, with its options. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from engine.portfolio.accounts import Accounts
from engine.portfolio.ceilings import NO_BAND, bands_of, ceilings
from engine.portfolio.exact import Bools, Ints
from engine.portfolio.loading import Loaded
from engine.portfolio.options import options
from engine.portfolio.permissions import Permissions, permissions
from engine.portfolio.policy import Action, BudgetName
from engine.portfolio.rate import PPM, Families, Rated, unrated_ppm
from engine.portfolio.verdicts import Values
from engine.rules.read_reasons import SCORE_FAMILIES

Floats = npt.NDArray[np.float64]
Small = npt.NDArray[np.int8]


class Block(IntEnum):
    """Why an account cannot be raised, whatever the budgets; the first that applies."""

    NONE = 0
    HELD = 1
    NO_RULE = 2
    UNKNOWN = 3
    NOT_RATED = 4
    COOLING_OFF = 5
    CEILING = 6


@dataclass(frozen=True, slots=True, eq=False)
class Assessed:
    """Arrays by account; ``lines``, ``values``, ``allowed`` and ``uses`` by account and option.

    ``hits``: the bits of the rules that hit, in the order of the policy. ``families``: only of
    accounts that may be cut or frozen for them. ``kept_value``: of the line of
    today, allowed or not. ``highest``: what the caps allow, 0 if unknown;
    ``binding``: which of them.
    """

    lines: Ints
    values: Floats
    kept_value: Floats
    uses: Mapping[BudgetName, Floats]
    pd_ppm: Ints
    points: Ints
    has_points: Bools
    rated: Bools
    bands: Small
    hits: npt.NDArray[np.uint8]
    block: Small
    binding: Small
    highest: Ints
    families: npt.NDArray[np.object_]
    unrated: Counter[str]


def assess(loaded: Loaded, accounts: Accounts) -> Assessed:
    """Everything about each account that does not depend on the others."""
    policy = loaded.policy
    rated = loaded.rater.rate(accounts)
    pd_ppm = np.where(rated.known, rated.pd_ppm, unrated_ppm(policy))
    facts = accounts.facts()
    facts["score.pd"] = Values(rated.pd_ppm / PPM, rated.known)
    facts["score.points"] = rated.points
    judged = permissions(policy, facts, accounts.rows)
    made = _Tables(loaded, accounts.rows)
    product = accounts.columns["product"].data
    for name in sorted(set(product.tolist())):
        made.add(name, np.flatnonzero(product == name), accounts, pd_ppm, rated.known)
    cooling = _cooling(policy.cooling_off_months, accounts.columns["months_since_change"])
    block = _block(judged, made, rated, cooling)
    families = _families(loaded, judged, made.possible, rated)
    allowed = _allowed(loaded, judged, made.possible, block, families)
    return Assessed(
        lines=made.lines,
        values=np.where(allowed, made.values, -np.inf),
        kept_value=made.values[:, policy.actions.index(Action.KEEP)].astype(np.float64),
        uses={name: table.astype(np.float64) for name, table in made.uses.items()},
        pd_ppm=pd_ppm,
        points=rated.points.data,
        has_points=rated.points.known,
        rated=rated.known,
        bands=np.where(rated.known, made.bands, NO_BAND).astype(np.int8),
        hits=np.packbits(judged.hits, axis=0, bitorder="little").T.copy(),
        block=block,
        binding=made.binding,
        highest=np.where(made.known, made.highest, 0),
        families=families,
        unrated=rated.unrated,
    )


class _Tables:
    """The options of a batch, filled product by product."""

    def __init__(self, loaded: Loaded, rows: int) -> None:
        self._loaded = loaded
        self.actions = loaded.policy.actions
        shape = (rows, len(self.actions))
        self.lines = np.zeros(shape, dtype=np.int64)
        self.values = np.zeros(shape, dtype=np.int64)
        self.possible = np.zeros(shape, dtype=np.bool_)
        self.uses = {name: np.zeros(shape, dtype=np.int64) for name in BudgetName}
        self.bands = np.zeros(rows, dtype=np.int8)
        self.binding = np.zeros(rows, dtype=np.int8)
        self.highest = np.zeros(rows, dtype=np.int64)
        self.known = np.zeros(rows, dtype=np.bool_)

    def add(self, product: str, rows: Ints, accounts: Accounts, pd_ppm: Ints, rated: Bools) -> None:
        """Fill in the accounts of one product."""
        card = self._loaded.products[product]
        columns = accounts.take(rows).columns
        limits = ceilings(card, columns, pd_ppm[rows], rated[rows])
        found = options(self._loaded.policy, card, columns, pd_ppm[rows], limits)
        self.lines[rows], self.possible[rows] = found.lines, found.possible
        self.values[rows] = found.values
        for name, use in found.uses.items():
            self.uses[name][rows] = use
        self.bands[rows] = bands_of(card, pd_ppm[rows])
        self.binding[rows], self.known[rows] = limits.binding, limits.known
        self.highest[rows] = limits.highest


def _cooling(months: int, since: Values) -> tuple[Bools, Bools]:
    """Where the line changed too short a time ago, and where nobody knows."""
    if not months:
        none = np.zeros(len(since.data), dtype=np.bool_)
        return none, none
    return since.known & (since.data < months), ~since.known


def _block(judged: Permissions, made: _Tables, rated: Rated, cooling: tuple[Bools, Bools]) -> Small:
    raises = np.array([action is Action.RAISE for action in made.actions])
    room = np.asarray(made.possible[:, raises].any(axis=1), dtype=np.bool_)
    unknown = judged.undecided | cooling[1] | (rated.known & ~made.known)
    reasons = (
        (Block.HELD, judged.held),
        (Block.NOT_RATED, ~rated.known),
        (Block.UNKNOWN, unknown),
        (Block.NO_RULE, ~judged.may[Action.RAISE]),
        (Block.COOLING_OFF, cooling[0]),
        (Block.CEILING, ~room),
    )
    found = np.zeros(len(room), dtype=np.int8)
    for code, applies in reversed(reasons):
        found[applies] = code
    return found


def _families(
    loaded: Loaded, judged: Permissions, possible: Bools, rated: Rated
) -> npt.NDArray[np.object_]:
    """Of accounts that a rule may cut or freeze for what lost points; one text each."""
    wanted = np.zeros(len(possible), dtype=np.bool_)
    for place, rule in enumerate(loaded.policy.rules):
        if rule.reason == SCORE_FAMILIES:
            columns = np.array([action is rule.action for action in loaded.policy.actions])
            able = possible[:, columns].any(axis=1) & judged.may[rule.action]
            wanted |= judged.hits[place] & able
    rows = np.flatnonzero(wanted)
    found = np.full(len(possible), "", dtype=object)
    named: list[Families] = rated.families(rows) if len(rows) else []
    found[rows] = [" ".join(families) for families in named]
    return found


def _allowed(
    loaded: Loaded,
    judged: Permissions,
    possible: Bools,
    block: Small,
    families: npt.NDArray[np.object_],
) -> Bools:
    """What may be chosen. An adverse action needs a reason; whoever has no other option keeps."""
    actions = loaded.policy.actions
    may = dict(judged.may)
    may[Action.RAISE] = may[Action.RAISE] & (block == Block.NONE)
    explained = families != ""
    for action in (Action.FREEZE, Action.CUT):
        told = np.zeros(len(block), dtype=np.bool_)
        for place, rule in enumerate(loaded.policy.rules):
            if rule.action is action:
                hit = judged.hits[place]
                told |= hit & explained if rule.reason == SCORE_FAMILIES else hit
        may[action] = may[action] & told
    allowed = possible & np.stack([may[action] for action in actions], axis=1)
    none = ~allowed.any(axis=1)
    allowed[none, actions.index(Action.KEEP)] = True
    return allowed
