"""From raw identifiers to links of tokens. Nothing raw leaves this module."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import ParamSpec, Protocol

from stdnum.cn import ric

from engine.api.dates import to_date
from engine.api.problems import Problems
from engine.model import Identifier, IdentifierKind, Link, Role
from touchstone.v1 import types_pb2 as pb

_P = ParamSpec("_P")
_SEPARATORS = re.compile(r"[\s-]")

_ROLE_ORDER = {role: place for place, role in enumerate(Role)}
_KIND_ORDER = {kind: place for place, kind in enumerate(IdentifierKind)}


class Tokens(Protocol):
    """What the converters need of ``engine.privacy.Tokeniser``.

    Each raises a ``ValueError`` whose text does not repeat the value.
    """

    def identifier(self, kind: IdentifierKind, raw: str) -> Identifier:
        """A device, e-mail, address, bank account or IP address."""
        ...

    def phone(self, raw: str) -> Identifier:
        """A phone number."""
        ...

    def id_number(self, raw: str, document: str) -> Identifier:
        """An ID document's number; ``document`` such as "cn_resident_id"."""
        ...

    def employer(self, name: str, unified_social_credit_code: str = "") -> Identifier:
        """An employer."""
        ...

    def name_token(self, raw: str) -> str:
        """A person's name."""
        ...


class Links:
    """Collects the links of one application; problems go to ``problems`` with their path."""

    def __init__(self, tokens: Tokens, problems: Problems) -> None:
        self._tokens = tokens
        self._problems = problems
        self._links: dict[tuple[Role, str], Link] = {}

    def sorted(self) -> tuple[Link, ...]:
        """Each identifier once per role, in the order of roles, kinds and tokens."""
        return tuple(sorted(self._links.values(), key=_place))

    def add_applicant(self, path: str, applicant: pb.Applicant) -> None:
        """The applicant's own identifiers."""
        tokens = self._tokens
        for place, raw in enumerate(applicant.phones):
            self._add(Role.USES, f"{path}.phones[{place}]", tokens.phone, raw)
        self._add_each(f"{path}.emails", IdentifierKind.EMAIL, applicant.emails)
        self._add_each(
            f"{path}.bank_accounts", IdentifierKind.BANK_ACCOUNT, applicant.bank_accounts
        )
        for place, address in enumerate(applicant.addresses):
            here = f"{path}.addresses[{place}].text"
            self._add(Role.USES, here, tokens.identifier, IdentifierKind.ADDRESS, address.text)
        self._add_document(Role.USES, f"{path}.id_document", applicant.id_document)
        if applicant.HasField("employer"):
            self._add_employer(f"{path}.employer", applicant.employer)

    def add_session(self, path: str, session: pb.DeviceSession) -> None:
        """The device and the IP address."""
        token = self._tokens.identifier
        if raw := session.device_fingerprint:
            self._add(Role.USES, f"{path}.device_fingerprint", token, IdentifierKind.DEVICE, raw)
        if session.ip:
            self._add(Role.USES, f"{path}.ip", token, IdentifierKind.IP, session.ip)

    def add_relations(self, path: str, relations: pb.Relations) -> None:
        """Guarantor, referrer and contacts, by phone and ID document."""
        if relations.HasField("guarantor"):
            self._add_person(Role.GUARANTOR, f"{path}.guarantor", relations.guarantor)
        if relations.HasField("referrer"):
            self._add_person(Role.REFERRER, f"{path}.referrer", relations.referrer)
        for place, contact in enumerate(relations.emergency_contacts):
            self._add_person(Role.CONTACT, f"{path}.emergency_contacts[{place}]", contact)

    def _add_person(self, role: Role, path: str, person: pb.Person) -> None:
        if not person.phone and not person.HasField("id_document"):
            self._problems.add(path, "must have a phone or an ID document")
        if person.phone:
            self._add(role, f"{path}.phone", self._tokens.phone, person.phone)
        if person.HasField("id_document"):
            self._add_document(role, f"{path}.id_document", person.id_document)

    def _add_document(self, role: Role, path: str, document: pb.IdDocument) -> None:
        kind = document_kind(document)
        if kind is not None:
            self._add(role, f"{path}.number", self._tokens.id_number, document.number, kind)
        if document.HasField("expires_on"):
            self._problems.attempt(f"{path}.expires_on", lambda: to_date(document.expires_on))

    def _add_employer(self, path: str, employer: pb.Employer) -> None:
        code = employer.unified_social_credit_code
        field = "unified_social_credit_code" if code else "name"
        self._add(Role.USES, f"{path}.{field}", self._tokens.employer, employer.name, code)

    def _add_each(self, path: str, kind: IdentifierKind, values: Iterable[str]) -> None:
        for place, raw in enumerate(values):
            self._add(Role.USES, f"{path}[{place}]", self._tokens.identifier, kind, raw)

    def _add(
        self,
        role: Role,
        path: str,
        token: Callable[_P, Identifier],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> None:
        try:
            identifier = token(*args, **kwargs)
        except ValueError as error:
            self._problems.add(path, str(error))
        else:
            self._links.setdefault((role, identifier.key), Link(role, identifier))


def document_kind(document: pb.IdDocument) -> str | None:
    """The kind as the vocabulary names it, such as "cn_resident_id"; ``None`` if not known."""
    if document.kind not in pb.IdDocumentKind.values() or not document.kind:
        return None
    return pb.IdDocumentKind.Name(document.kind).removeprefix("ID_DOCUMENT_KIND_").lower()


def born_on(document: pb.IdDocument) -> date | None:
    """The birth date inside a Chinese resident ID number; ``None`` for anything else.

    The number itself is checked where its token is made.
    """
    if document.kind != pb.ID_DOCUMENT_KIND_CN_RESIDENT_ID:
        return None
    try:
        number = _SEPARATORS.sub("", unicodedata.normalize("NFKC", document.number))
        born: date = ric.get_birth_date(number)
    except ValueError:
        return None
    return born


def _place(link: Link) -> tuple[int, int, str]:
    return _ROLE_ORDER[link.role], _KIND_ORDER[link.identifier.kind], link.identifier.key
