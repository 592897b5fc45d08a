"""Requests: protobuf to the engine's ``Application``, with every problem found at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from google.protobuf.message import Message

from engine.api.bureau import to_bureau
from engine.api.dates import birth_date, to_date
from engine.api.estimates import to_prospect
from engine.api.identifiers import Links, Tokens, born_on, document_kind
from engine.api.money import Purse, Sign
from engine.api.problems import Problems
from engine.api.proofs import to_evidence
from engine.api.shared_lines import named_parent, to_shared_line
from engine.currency import MAX_MINOR
from engine.estimate import Prospect
from engine.model import (
    Applicant,
    Application,
    HeldLines,
    Session,
)
from engine.supplement import Supplement
from touchstone.v1 import decision_pb2
from touchstone.v1 import types_pb2 as pb

_UNBORN = date.min
"""Stands in for a birth date that was refused: the request goes no further."""


@dataclass(frozen=True, slots=True)
class Converter:
    """Turns requests into applications. ``today``: the UTC day, injected."""

    tokens: Tokens
    today: Callable[[], date]

    def application(
        self, request: decision_pb2.DecideRequest | decision_pb2.EstimateLimitRequest
    ) -> Application:
        """The application of ``request``. Raises ``InvalidApplication`` naming every bad field."""
        problems = Problems()
        problems.add_constraints(request)
        application = _Reader(self.tokens, self.today(), problems).read(request.application)
        problems.raise_if_any()
        return application

    def estimate(self, request: decision_pb2.EstimateLimitRequest) -> Application | Prospect:
        """Whose line is to be calculated. Raises ``InvalidApplication`` naming every bad field."""
        if request.WhichOneof("subject") == "application":
            return self.application(request)
        problems = Problems()
        problems.add_constraints(request)
        prospect = to_prospect(request.facts, problems, self.today())
        problems.raise_if_any()
        return prospect

    def supplement(self, request: decision_pb2.SupplementEvidenceRequest) -> Supplement:
        """The proofs of ``request``. Raises ``InvalidApplication`` naming every bad field."""
        problems = Problems()
        problems.add_constraints(request)
        purse = Purse(problems)
        evidence = to_evidence("evidence", request.evidence, purse, problems, self.today())
        currency = purse.settle()
        problems.raise_if_any()
        return Supplement(evidence=evidence, currency=currency)


def check(request: Message) -> None:
    """Hold ``request`` to the constraints of its proto. Raises ``InvalidApplication``."""
    problems = Problems()
    problems.add_constraints(request)
    problems.raise_if_any()


class _Reader:
    """Reads one application. What it returns is of use only if no problem was noted."""

    def __init__(self, tokens: Tokens, today: date, problems: Problems) -> None:
        self._tokens = tokens
        self._today = today
        self._problems = problems
        self._purse = Purse(problems)
        self._links = Links(tokens, problems)

    def read(self, message: pb.Application) -> Application:
        path = "application"
        self._links.add_applicant(f"{path}.applicant", message.applicant)
        self._links.add_session(f"{path}.session", message.session)
        self._links.add_relations(f"{path}.relations", message.relations)
        expected = self._expected_limit(message)
        applicant = self._applicant(f"{path}.applicant", message.applicant)
        bureau = (
            to_bureau(f"{path}.bureau", message.bureau, self._purse, self._problems, self._today)
            if message.HasField("bureau")
            else None
        )
        shares = to_shared_line(path, message, self._problems, self._today)
        held_lines = self._held_lines(f"{path}.held_lines", message)
        evidence = to_evidence(
            f"{path}.evidence", message.evidence, self._purse, self._problems, self._today
        )
        return Application(
            product=message.product,
            channel=message.channel,
            customer_segment=message.customer_segment,
            branch=message.branch,
            staff_member=message.staff_member,
            partner=message.partner,
            currency=self._purse.settle(),
            expected_limit_minor=expected,
            supplementary=bool(message.relations.primary_card),
            applicant=applicant,
            session=_session(message.session),
            links=self._links.sorted(),
            bureau=bureau,
            held_lines=held_lines,
            evidence=evidence,
            shares=shares,
        )

    def _expected_limit(self, message: pb.Application) -> int | None:
        if not message.HasField("expected_limit"):
            return None
        return self._purse.read("application.expected_limit", message.expected_limit, Sign.POSITIVE)

    def _applicant(self, path: str, message: pb.Applicant) -> Applicant:
        name = self._problems.attempt(
            f"{path}.full_name", lambda: self._tokens.name_token(message.full_name)
        )
        others = set()
        for place, other in enumerate(message.other_names):
            with self._problems.noting(f"{path}.other_names[{place}]"):
                others.add(self._tokens.name_token(other))
        document = message.id_document
        expires = None
        if document.HasField("expires_on"):
            with self._problems.noting(f"{path}.id_document.expires_on"):
                expires = to_date(document.expires_on)
        income = None
        if message.HasField("declared_monthly_income"):
            income = self._purse.read(
                f"{path}.declared_monthly_income", message.declared_monthly_income
            )
        return Applicant(
            name_token=name or "",
            other_name_tokens=tuple(sorted(others)),
            birth_date=self._birth_date(path, message),
            nationality=message.nationality,
            id_document_kind=document_kind(document) or "",
            id_document_expires_on=expires,
            occupation=message.occupation or None,
            is_student=message.is_student,
            declared_income_minor=income,
        )

    def _birth_date(self, path: str, message: pb.Applicant) -> date:
        """The birth date, which the number of a Chinese resident ID must confirm."""
        if not message.HasField("birth_date"):
            return _UNBORN  # the proto's own constraint names it
        with self._problems.noting(f"{path}.birth_date"):
            born = birth_date(message.birth_date, self._today)
            if born_on(message.id_document) not in (None, born):
                raise ValueError("does not agree with the ID number")
            return born
        return _UNBORN

    def _held_lines(self, path: str, message: pb.Application) -> HeldLines | None:
        if not message.HasField("held_lines"):
            return None
        totals = {pb.LINE_HOLDER_OWN: 0, pb.LINE_HOLDER_ELSEWHERE: 0}
        parent, parent_minor = named_parent(message), 0
        for place, line in enumerate(message.held_lines.lines):
            amount = self._purse.read(f"{path}.lines[{place}].amount", line.amount)
            totals[line.holder] = totals.get(line.holder, 0) + amount
            if parent and line.decision_id == parent and line.holder == pb.LINE_HOLDER_OWN:
                parent_minor += amount
        if max(totals.values()) >= MAX_MINOR:
            self._problems.add(path, "the sum is too large")
        return HeldLines(
            own_minor=totals[pb.LINE_HOLDER_OWN],
            elsewhere_minor=totals[pb.LINE_HOLDER_ELSEWHERE],
            parent_minor=parent_minor,
        )


def _session(message: pb.DeviceSession) -> Session:
    return Session(
        channel_session_id=message.session_id or None,
        emulator=message.emulator if message.HasField("emulator") else None,
        rooted=message.rooted if message.HasField("rooted") else None,
        country=message.country or None,
        city=message.city or None,
    )
