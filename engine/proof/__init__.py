"""Proofs about policies: what no test of examples can show. Not part of the road of a decision.

The solver is loaded when the first proof is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.lines import Product
from engine.policy import Policy
from engine.proof.claims import Claim, check, load_claims
from engine.proof.result import Example, ProofResult, Verdict
from engine.rules import Bundle, Diagnostic

__all__ = [
    "Claim",
    "Example",
    "ProofResult",
    "Verdict",
    "check",
    "check_rules",
    "load_claims",
    "prove",
]


def check_rules(bundle: Bundle, products: Mapping[str, Product]) -> tuple[Diagnostic, ...]:
    """Rules that are dead, always true, shadowed or contradictory; what is not proved is said."""
    from engine.proof.checks import all_findings
    from engine.proof.model import PolicyModel

    return all_findings(PolicyModel(bundle, products))


def prove(policy: Policy) -> tuple[ProofResult, ...]:
    """Every claim of the policy's ``proofs.yaml``, proved, refuted, or neither and why.

    Counter-examples were decided by the policy. Raises ``PolicyError`` for a file that is wrong.
    Called by the thread that loaded the policy.
    """
    claims = load_claims(policy.bundle)
    if not claims:
        return ()
    from engine.proof.prover import Prover

    return Prover(policy, claims).run()
