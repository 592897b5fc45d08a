"""A raw request on the wire: the proto's message, its JSON, and its links as tokens."""

from __future__ import annotations

import msgspec

from engine.api.identifiers import Links, Tokens
from engine.api.problems import Problems
from engine.generate.request import Request
from engine.model import Link
from touchstone.v1 import decision_pb2

_ENCODER = msgspec.json.Encoder()


def as_json(request: Request) -> bytes:
    """One line of the proto's JSON, without its end."""
    return _ENCODER.encode(request)


def to_request(request: Request) -> decision_pb2.DecideRequest:
    """The message that a channel would send."""
    return decision_pb2.DecideRequest(**msgspec.to_builtins(request))


def links_of(request: Request, tokens: Tokens) -> tuple[Link, ...]:
    """The links that the engine makes of the request, by the code that serves.

    Raises ``InvalidApplication`` if an identifier is refused.
    """
    asked = to_request(request).application
    problems = Problems()
    links = Links(tokens, problems)
    links.add_applicant("application.applicant", asked.applicant)
    links.add_session("application.session", asked.session)
    links.add_relations("application.relations", asked.relations)
    problems.raise_if_any()
    return links.sorted()
