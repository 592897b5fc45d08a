"""Proofs of strength: protobuf to the engine's ``Evidence``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from engine.api.dates import past_date
from engine.api.money import Purse
from engine.api.problems import Problems
from engine.currency import MAX_MINOR
from engine.model import Evidence, EvidenceKind, VerificationStatus
from touchstone.v1 import types_pb2 as pb

_KINDS = {pb.EvidenceKind.Value(f"EVIDENCE_KIND_{k.name}"): k for k in EvidenceKind}
_VERIFICATION = {
    pb.VerificationStatus.Value(f"VERIFICATION_STATUS_{status.name}"): status
    for status in VerificationStatus
}


def to_evidence(
    path: str, messages: Iterable[pb.Evidence], purse: Purse, problems: Problems, today: date
) -> tuple[Evidence, ...]:
    """The proofs; problems are noted under ``path``. ``today``: none was issued later."""
    seen: set[str] = set()
    proofs = []
    for place, message in enumerate(messages):
        here = f"{path}[{place}]"
        if message.evidence_id in seen:
            problems.add(f"{here}.evidence_id", "must be unique in the application")
        seen.add(message.evidence_id)
        proofs.append(_proof(here, message, purse, problems, today))
    if sum(proof.amount_minor for proof in proofs if proof is not None) >= MAX_MINOR:
        problems.add(path, "the sum is too large")
    return tuple(proof for proof in proofs if proof is not None)


def _proof(
    path: str, message: pb.Evidence, purse: Purse, problems: Problems, today: date
) -> Evidence | None:
    """``None`` where an enum value is not defined: the proto's constraints name it."""
    amount = purse.read(f"{path}.amount", message.amount)
    issued = None
    if message.HasField("issued_on"):
        with problems.noting(f"{path}.issued_on"):
            issued = past_date(message.issued_on, today)
    kind = _KINDS.get(message.kind)
    status = _VERIFICATION.get(message.status)
    if kind is None or status is None:
        return None
    return Evidence(
        evidence_id=message.evidence_id,
        kind=kind,
        amount_minor=amount,
        source=message.source,
        status=status,
        issued_on=issued,
    )
