"""Proofs about policies: what no test of examples can show. Not part of the road of a decision.

The solver is loaded when the first proof is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.lines import Product
from engine.rules import Bundle, Diagnostic

__all__ = ["check_rules"]


def check_rules(bundle: Bundle, products: Mapping[str, Product]) -> tuple[Diagnostic, ...]:
    """Rules that are dead, always true, shadowed or contradictory; what is not proved is said."""
    from engine.proof.checks import all_findings
    from engine.proof.model import PolicyModel

    return all_findings(PolicyModel(bundle, products))
