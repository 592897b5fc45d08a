"""Who calls, and whether they may: identity, roles, and the roles that each method asks for."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from engine.errors import PermissionDenied, Unauthenticated
from engine.settings import Access

_READERS = frozenset({"channel", "reviewer", "investigator", "auditor"})
"""Who reads decisions: channels their own, the others all."""


def _of_policies() -> dict[str, frozenset[str]]:
    """Authors draft and propose, approvers review, operators put into force; all of them look."""
    everybody = frozenset({"author", "approver", "operator", "auditor"})
    roles = {
        "UploadPolicyPart": {"author"},
        "FinishPolicyUpload": {"author"},
        "ProposePolicy": {"author"},
        "ReviewPolicy": {"approver"},
        "ActivatePolicy": {"operator"},
        "EndCanary": {"operator"},
        "ShadowPolicy": {"operator", "author"},
        "RollBackPolicy": {"operator"},
        "FreezePolicy": {"operator"},
        "CheckPolicy": everybody,
        "ExplainPolicy": everybody,
        "DrawPolicy": everybody,
        "StartPolicyJob": {"author", "approver"},
        "GetPolicyJob": everybody,
        "GetPolicyStatus": everybody,
        "ListPolicyEvents": everybody,
    }
    service = "/touchstone.v1.PolicyService"
    return {f"{service}/{method}": frozenset(needed) for method, needed in roles.items()}


def _of_the_graph() -> dict[str, frozenset[str]]:
    """Investigators look and mark; auditors look, and see who did."""
    look, mark, oversee = {"investigator", "auditor"}, {"investigator"}, {"auditor"}
    roles = {
        "MarkFraud": mark,
        "UnmarkFraud": mark,
        "BatchMarkFraud": mark,
        "ListFraudMarks": look,
        "DeclareSharing": mark,
        "WithdrawSharing": mark,
        "ListSharing": look,
        "AddNote": mark,
        "ListNotes": look,
        "ExportGraph": look,
        "SearchGraph": look,
        "ExpandNode": look,
        "FindPath": look,
        "GetTimeline": look,
        "GetDecisionGraph": look,
        "GetEvidence": look,
        "CompareApplications": look,
        "RunCypher": look,
        "StartRingSearch": {"investigator", "operator"},
        "GetRingSearch": {"investigator", "operator"},
        "ListRings": look,
        "ExplainRing": look,
        "ListRingAlerts": look,
        "ListAccess": oversee,
    }
    service = "/touchstone.v1.GraphService"
    return {f"{service}/{method}": frozenset(needed) for method, needed in roles.items()}


REPORTERS: Mapping[str, str] = {"review": "reviewer", "performance": "servicing"}
"""Which role may report what. A review counts as a line; who services accounts grants none."""


def _of_outcomes() -> dict[str, frozenset[str]]:
    """Reviewers and servicing systems report; who looks at decisions looks at these too."""
    report = frozenset(REPORTERS.values())
    service = "/touchstone.v1.OutcomeService"
    return {
        f"{service}/ReportOutcome": report,
        f"{service}/BatchReportOutcome": report,
        f"{service}/ListOutcomes": frozenset({"reviewer", "investigator", "auditor"}),
    }


METHOD_ROLES: Mapping[str, frozenset[str]] = {
    "/touchstone.v1.DecisionService/Decide": frozenset({"channel"}),
    "/touchstone.v1.DecisionService/BatchDecide": frozenset({"channel"}),
    "/touchstone.v1.DecisionService/EstimateLimit": frozenset({"channel"}),
    "/touchstone.v1.DecisionService/SupplementEvidence": frozenset({"channel"}),
    "/touchstone.v1.DecisionService/GetDecision": _READERS,
    "/touchstone.v1.DecisionService/ListDecisions": _READERS,
    "/touchstone.v1.DecisionService/ExplainDecision": _READERS,
    **_of_policies(),
    **_of_the_graph(),
    **_of_outcomes(),
}
"""Any one of the roles is enough. A method that is not listed may not be called at all."""

CALLER_KEY = "touchstone-caller"
"""Metadata that names the caller on a plaintext connection."""

DEFAULT_CALLER = "local"
_CALLER = re.compile(r"[A-Za-z0-9_.:/@-]{1,128}", re.ASCII)
_ANYBODY = "*"


class Peer(Protocol):
    """What identity is read from: the parts of ``grpc.aio.ServicerContext`` that say it."""

    def peer(self) -> str:
        """Address, such as ``ipv4:127.0.0.1:41234``."""
        ...

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        """What the transport has proved."""
        ...

    def invocation_metadata(self) -> Iterable[tuple[str, str | bytes]] | None:
        """The call's metadata."""
        ...


@dataclass(frozen=True, slots=True)
class Gatekeeper:
    """Tells callers apart and holds them to their roles."""

    access: Access

    def identify(self, peer: Peer) -> tuple[str, frozenset[str]]:
        """Caller and roles. Raises ``Unauthenticated``.

        Over TLS, the first subject alternative name of the verified client certificate, else its
        common name. In plaintext, what the metadata says, or "local".
        """
        auth = peer.auth_context()
        if list(auth.get("transport_security_type", ())) == [b"ssl"]:
            caller = _certificate_name(auth)
            return caller, self._roles(caller, on_loopback=False)
        caller = _claimed_name(peer)
        return caller, self._roles(caller, on_loopback=is_loopback_peer(peer.peer()))

    def authorise(self, method: str, caller_roles: frozenset[str]) -> None:
        """Raise ``PermissionDenied`` unless one of the roles is enough for ``method``."""
        if not caller_roles & METHOD_ROLES.get(method, frozenset()):
            raise PermissionDenied("the caller has no role that may call this method")

    def _roles(self, caller: str, *, on_loopback: bool) -> frozenset[str]:
        table = self.access.roles
        if caller in table:
            return frozenset(table[caller])
        if on_loopback:
            return frozenset(self.access.loopback_roles)
        return frozenset(table.get(_ANYBODY, ()))


def is_loopback_peer(peer: str) -> bool:
    """Whether a gRPC peer address is on this machine."""
    kind, _, address = peer.partition(":")
    if kind == "unix":
        return True
    host = address.rpartition(":")[0].replace("%5B", "[").replace("%5D", "]").strip("[]")
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback


def _certificate_name(auth: Mapping[str, Iterable[bytes]]) -> str:
    for key in ("x509_subject_alternative_name", "x509_common_name"):
        for name in auth.get(key, ()):
            return _checked(name)
    raise Unauthenticated("the client certificate names nobody")


def _claimed_name(peer: Peer) -> str:
    names = [value for key, value in peer.invocation_metadata() or () if key == CALLER_KEY]
    if len(names) > 1:
        raise Unauthenticated(f"{CALLER_KEY} is given more than once")
    return _checked(names[0]) if names else DEFAULT_CALLER


def _checked(name: str | bytes) -> str:
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else name
    if not _CALLER.fullmatch(text) or text == _ANYBODY:
        raise Unauthenticated("the caller's name must be 1 to 128 of A-Z a-z 0-9 _ . : / @ -")
    return text
