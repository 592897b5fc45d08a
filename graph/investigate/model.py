"""Frozen types of what investigators see: applications, identifiers, and the links between them.

Times are integer microseconds since the epoch, UTC. Keys are tokens (``kind:hmac``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.model import IdentifierKind, Role
from graph.history import Declarations

KEYS_AT_ONCE = 16
"""Keys of one question: each is a statement, and decisions wait for no more than one of them."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A fraud mark made at ``at_us``; ``since_us`` ``None``: it was taken back."""

    at_us: int
    since_us: int | None
    fraud_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationNode:
    """One application. ``fraud_since_us`` is ``None`` unless it is known as fraud.

    ``outcome``: of its decision. ``marks``: all that were made, in order.
    """

    key: str
    at_us: int
    outcome: str
    fraud_since_us: int | None = None
    fraud_type: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierNode:
    """One identifier. ``applications``: that use it, saturating at its cap + 1.

    A hub is over its cap, or declared as legitimately shared; ``hub_reason`` is ``"cap"`` or the
    reason declared. ``named_hub``: named by too many as guarantor, referrer or contact.
    ``hub_at_us``: when it passed its cap. ``declarations``: time and reason, ``""`` withdraws.
    """

    key: str
    kind: IdentifierKind
    masked: str
    first_at_us: int | None
    applications: int
    hub: bool
    hub_reason: str
    named_hub: bool
    hub_at_us: int | None = None
    declarations: Declarations = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """That an application names an identifier in a role; the first and the last time.

    Where it was named again since the time that is looked at, both are the first.
    """

    application: str
    role: Role
    identifier: str
    at_us: int
    last_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the graph as of a time: each node and each link once, in a fixed order.

    Links are ordered latest first, nodes by key.
    """

    applications: tuple[ApplicationNode, ...] = ()
    identifiers: tuple[IdentifierNode, ...] = ()
    links: tuple[LinkRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookApplicants:
    """These applications (at most ``KEYS_AT_ONCE``), their links, and what they lead to."""

    keys: tuple[str, ...]
    as_of_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookIdentifiers:
    """These identifiers (at most ``KEYS_AT_ONCE``), and all applications on those that are no hub.

    Named links are left out where they alone are too many.
    """

    keys: tuple[str, ...]
    as_of_us: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last link of a page."""

    at_us: int
    application: str
    role: Role


BEYOND_ALL_US = 2**62
"""A time after every other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookCount:
    """How many applications are on one identifier, hub or not, that came to it in this time.

    ``since_us`` and ``until_us`` are included.
    """

    key: str
    as_of_us: int
    since_us: int = 0
    until_us: int = BEYOND_ALL_US


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPage:
    """A page of the applications on one identifier, latest link first, hub or not.

    ``most``: links on a page, 1 to 1,000; ``after``: the last one of the page before.
    ``since_us``: only links from then on.
    """

    key: str
    as_of_us: int
    most: int
    after: Cursor | None = None
    since_us: int = 0


Question = LookApplicants | LookIdentifiers | LookCount | LookPage

MOST_LINKS = 1_000
"""Links on a page."""


def require_bounds(question: Question) -> None:
    """Raise ``ValueError`` for a question that asks for more than a statement may."""
    if isinstance(question, LookPage):
        if not 1 <= question.most <= MOST_LINKS:
            raise ValueError(f"a page has 1 to {MOST_LINKS} links")
    elif not isinstance(question, LookCount) and len(question.keys) > KEYS_AT_ONCE:
        raise ValueError(f"more than {KEYS_AT_ONCE} keys at once")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a store found. ``uses``, ``named``: what ``LookCount`` asked for; 0 otherwise."""

    part: Part
    uses: int = 0
    named: int = 0


def ordered(
    applications: Iterable[ApplicationNode],
    identifiers: Iterable[IdentifierNode],
    links: Iterable[LinkRow],
) -> Part:
    """The part with these nodes and links, each once."""
    roles = list(Role)
    return Part(
        applications=tuple(sorted({x.key: x for x in applications}.values(), key=lambda x: x.key)),
        identifiers=tuple(sorted({x.key: x for x in identifiers}.values(), key=lambda x: x.key)),
        links=tuple(
            sorted(
                {(x.application, x.role, x.identifier): x for x in links}.values(),
                key=lambda x: (-x.at_us, x.application, x.identifier, roles.index(x.role)),
            )
        ),
    )
