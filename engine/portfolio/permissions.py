"""What the rules of a review allow of each account, and on what grounds. Pure.

A rule that hits allows its action or leaves no other. What is unknown never raises a line: neither
does a rule that may raise then allow it, nor may an account be raised for which a rule against it
could not be told. And nobody is cut or frozen for what is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.portfolio.exact import Bools
from engine.portfolio.policy import AccountRule, Action, ReviewPolicy
from engine.portfolio.verdicts import Values, verdicts


@dataclass(frozen=True, slots=True, eq=False)
class Permissions:
    """By account. ``hits``: by rule, in the order of the policy, where it is true.

    ``undecided``: where something that bears on a raise is unknown. ``held``: where a rule leaves
    no raise. ``may``: what is allowed.
    """

    hits: Bools
    undecided: Bools
    held: Bools
    may: Mapping[Action, Bools]


def permissions(policy: ReviewPolicy, facts: Mapping[str, Values], rows: int) -> Permissions:
    """Judge every rule of every account."""
    hits = np.zeros((len(policy.rules), rows), dtype=np.bool_)
    unknown = np.zeros_like(hits)
    for place, rule in enumerate(policy.rules):
        hits[place], unknown[place] = verdicts(rule.when.tree, facts, rows)
    allowed = {
        action: _any(hits, [r.action is action and not r.must for r in policy.rules])
        for action in Action
    }
    forced = {
        action: _any(hits, [r.action is action and r.must for r in policy.rules])
        for action in Action
    }
    against = _any(unknown, [rule.must for rule in policy.rules])
    missed = _any(unknown, [_raises(rule) for rule in policy.rules]) & ~allowed[Action.RAISE]
    held = forced[Action.FREEZE] | forced[Action.CUT] | forced[Action.KEEP]
    return Permissions(hits, against | missed, held, _settled(allowed, forced, against))


def _raises(rule: AccountRule) -> bool:
    return rule.action is Action.RAISE


def _any(of: Bools, wanted: list[bool]) -> Bools:
    return np.asarray(of[np.array(wanted, dtype=np.bool_)].any(axis=0), dtype=np.bool_)


def _settled(
    allowed: Mapping[Action, Bools], forced: Mapping[Action, Bools], against: Bools
) -> dict[Action, Bools]:
    """The gravest demand decides; a must of a milder kind still rules out what is milder yet."""
    freeze, cut, keep = forced[Action.FREEZE], forced[Action.CUT], forced[Action.KEEP]
    held = freeze | cut | keep
    return {
        Action.FREEZE: freeze | (allowed[Action.FREEZE] & ~cut & ~keep),
        Action.CUT: ~freeze & (cut | (allowed[Action.CUT] & ~keep)),
        Action.KEEP: ~freeze & ~cut,
        Action.RAISE: allowed[Action.RAISE] & ~held & ~against,
    }
