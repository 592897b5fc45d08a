"""Verified strength: the income and the assets that proofs support. Pure.

Declared values never enter. A proof that is unverified, rejected, malformed or of a kind that the
product does not accept changes nothing. Each proof is rounded down to the minor unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.lines.product import Combine, EvidenceRule, Product
from engine.model import INCOME_EVIDENCE, Evidence, EvidenceKind, VerificationStatus


def verified_strength(product: Product, evidence: Iterable[Evidence]) -> tuple[int, int]:
    """Monthly income I(V) and assets W(V), minor units; 0 without proof.

    The order of the proofs does not matter; a proof sent twice (same ``evidence_id``) counts once.
    """
    return strength_of(product, counted(product, evidence))


def highest_strength(product: Product) -> tuple[int, int]:
    """Income and assets with every kind of proof that the product accepts, at its cap."""
    amounts = {k: rule.cap_minor for k, rule in product.evidence.items() if rule.haircut}
    return strength_of(product, amounts)


def strength_of(product: Product, amounts: Mapping[EvidenceKind, int]) -> tuple[int, int]:
    """Income and assets from what each kind counts for, minor units."""
    alternatives, income, assets = [0], 0, 0
    for kind, amount in amounts.items():
        if kind not in INCOME_EVIDENCE:
            assets += amount
        elif product.evidence[kind].combine is Combine.ALTERNATIVE:
            alternatives.append(amount)
        else:
            income += amount
    income += max(alternatives)
    return min(income, product.income_cap_minor), min(assets, product.assets_cap_minor)


def counted(product: Product, evidence: Iterable[Evidence]) -> dict[EvidenceKind, int]:
    """What each kind counts for: the best alternative, or the sum, within the cap of the kind."""
    proofs: dict[tuple[EvidenceKind, str], int] = {}
    for proof in evidence:
        rule = product.evidence.get(proof.kind)
        if rule is None or not _counts(proof):
            continue
        key = (proof.kind, proof.evidence_id)
        proofs[key] = max(proofs.get(key, 0), _worth(rule, proof))
    return {
        kind: _within(rule, [amount for (of, _), amount in proofs.items() if of is kind])
        for kind, rule in product.evidence.items()
    }


def _counts(proof: Evidence) -> bool:
    """An amount that is not an integer could be NaN; ``bool`` is an ``int`` that is no amount."""
    verified = proof.status is VerificationStatus.VERIFIED
    return verified and type(proof.amount_minor) is int and proof.amount_minor > 0


def _worth(rule: EvidenceRule, proof: Evidence) -> int:
    return int(rule.haircut * proof.amount_minor)


def _within(rule: EvidenceRule, amounts: list[int]) -> int:
    if rule.combine is Combine.ALTERNATIVE:
        return min(max(amounts, default=0), rule.cap_minor)
    return min(sum(amounts), rule.cap_minor)
