"""Somebody who may apply: what is known, and which fields of the vocabulary are not. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from engine.facts import base_facts
from engine.lines import Product, verified_strength
from engine.model import (
    INCOME_EVIDENCE,
    Applicant,
    Application,
    Bureau,
    Evidence,
    EvidenceKind,
    Session,
    VerificationStatus,
)
from engine.rules.vocabulary import fields
from touchstone.v1 import facts_pb2


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What a marketing desk or a partner's page knows. ``None`` and "": not known.

    No identifiers at all. Of ``birth_date`` and ``age`` at most one is given; ``age`` in years.
    ``monthly_obligations_minor`` stands beside a ``bureau`` that is not known. While no proof of
    ``evidence`` is verified, it is not known which will be.
    """

    product: str
    currency: str
    channel: str = ""
    customer_segment: str = ""
    branch: str = ""
    staff_member: str = ""
    partner: str = ""
    expected_limit_minor: int | None = None
    birth_date: date | None = None
    age: int | None = None
    is_student: bool | None = None
    declared_income_minor: int | None = None
    bureau: Bureau | None = None
    monthly_obligations_minor: int | None = None
    own_lines_minor: int | None = None
    elsewhere_lines_minor: int | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_proved(self) -> bool:
        """Whether a proof of strength is verified."""
        return any(proof.status is VerificationStatus.VERIFIED for proof in self.evidence)

    @property
    def has_hopes(self) -> bool:
        """Whether something was told that would count if it were verified."""
        told = any(proof.status is VerificationStatus.UNVERIFIED for proof in self.evidence)
        return told or bool(self.declared_income_minor)


def as_if_proved(prospect: Prospect, product: Product) -> Prospect:
    """What the prospect tells, taken as verified.

    A declared income counts as if it were shown by the kind of proof that counts it for most.
    """
    evidence = tuple(
        replace(proof, status=VerificationStatus.VERIFIED)
        if proof.status is VerificationStatus.UNVERIFIED
        else proof
        for proof in prospect.evidence
    )
    declared = prospect.declared_income_minor
    rules = [rule for kind, rule in product.evidence.items() if kind in INCOME_EVIDENCE]
    if not declared or not rules or any(proof.kind in INCOME_EVIDENCE for proof in evidence):
        return replace(prospect, evidence=evidence)
    best = max(rules, key=lambda rule: min(int(rule.haircut * declared), rule.cap_minor))
    return replace(prospect, evidence=(*evidence, _declared(best.kind, declared)))


def _declared(kind: EvidenceKind, amount_minor: int) -> Evidence:
    return Evidence(
        evidence_id="declared",
        kind=kind,
        amount_minor=amount_minor,
        source="declared",
        status=VerificationStatus.VERIFIED,
        issued_on=None,
    )


def known_facts(
    prospect: Prospect, product: Product, day: date
) -> tuple[facts_pb2.Facts, frozenset[str]]:
    """The facts, and the fields of the vocabulary that are not known yet.

    What the facts hold in a hidden field stands there by chance and is never read.
    """
    income, assets = verified_strength(product, prospect.evidence)
    facts = base_facts(_application(prospect, day), day, income, assets)
    obligations = prospect.monthly_obligations_minor
    if obligations is not None:
        facts.bureau.monthly_obligations_minor.value = obligations
        if income > 0:
            facts.evidence.debt_to_income.value = obligations / income
    if prospect.own_lines_minor is not None:
        facts.lines.own_minor.value = prospect.own_lines_minor
    if prospect.elsewhere_lines_minor is not None:
        facts.lines.elsewhere_minor.value = prospect.elsewhere_lines_minor
    known = _known(prospect, income)
    return facts, frozenset(path for path in fields() if path not in known)


def _application(prospect: Prospect, day: date) -> Application:
    born = prospect.birth_date or date(day.year - (prospect.age or 0), 1, 1)
    return Application(
        product=prospect.product,
        channel=prospect.channel,
        customer_segment=prospect.customer_segment,
        branch=prospect.branch,
        staff_member=prospect.staff_member,
        partner=prospect.partner,
        currency=prospect.currency,
        expected_limit_minor=prospect.expected_limit_minor,
        supplementary=False,
        applicant=Applicant(
            name_token="",
            other_name_tokens=(),
            birth_date=born,
            nationality="",
            id_document_kind="",
            id_document_expires_on=None,
            occupation=None,
            is_student=bool(prospect.is_student),
            declared_income_minor=prospect.declared_income_minor,
        ),
        session=Session(
            channel_session_id=None, emulator=None, rooted=None, country=None, city=None
        ),
        links=(),
        bureau=prospect.bureau,
        held_lines=None,
        evidence=prospect.evidence,
    )


def _known(prospect: Prospect, income_minor: int) -> frozenset[str]:
    """Fields that no later answer of the prospect changes."""
    whole_bureau = prospect.bureau is not None
    obligations = whole_bureau or prospect.monthly_obligations_minor is not None
    born = prospect.birth_date is not None or prospect.age is not None
    known = {
        "application.product": True,
        "application.date": True,
        "application.has_expected_limit": True,
        "application.expected_limit_minor": True,
        # A prospect asks for a card with a line of its own.
        "application.supplementary": True,
        "application.temporary": True,
        "application.channel": bool(prospect.channel),
        "application.customer_segment": bool(prospect.customer_segment),
        "application.branch": bool(prospect.branch),
        "application.staff_member": bool(prospect.staff_member),
        "application.partner": bool(prospect.partner),
        "applicant.age": born,
        "applicant.is_student": prospect.is_student is not None,
        "applicant.declared_income_minor": prospect.declared_income_minor is not None,
        "bureau.monthly_obligations_minor": obligations,
        "lines.own_minor": prospect.own_lines_minor is not None,
        "lines.elsewhere_minor": prospect.elsewhere_lines_minor is not None,
        # The ratio of obligations to an income of 0 stays unknown, whatever the obligations are.
        "evidence.debt_to_income": prospect.is_proved and (obligations or income_minor == 0),
    }
    paths = {path for path, is_known in known.items() if is_known}
    for path in fields():
        in_bureau = path.startswith("bureau.") and whole_bureau
        in_proofs = path.startswith("evidence.") and path not in known and prospect.is_proved
        if in_bureau or in_proofs:
            paths.add(path)
    return frozenset(paths)
