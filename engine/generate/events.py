"""The generated stream as the graph sees it: applications, and marks when the bank learns."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from engine.api.identifiers import Tokens
from engine.generate.plan import Settings
from engine.generate.stream import Generated, generate
from engine.generate.wire import links_of
from graph.model import ApplicationProjected, FraudMarked, GraphEvent

STATUS = "approve"
"""What became of every application, as far as the graph is told."""


def graph_events(settings: Settings, tokens: Tokens) -> Iterator[GraphEvent]:
    """Applications and fraud marks in the order of time; marks after the period come last.

    An applicant's key is the request id. Times are strictly increasing.
    """
    return (event for _, event in told_events(settings, tokens))


def told_events(
    settings: Settings, tokens: Tokens
) -> Iterator[tuple[Generated | None, GraphEvent]]:
    """The same, each application's event with what was generated; marks with ``None``."""
    known: list[tuple[int, str, str]] = []
    last_us = 0
    for item in generate(settings):
        while known and known[0][0] < item.at_us:
            mark = _mark(*heapq.heappop(known), last_us)
            last_us = mark.at_us
            yield None, mark
        application = application_event(item, tokens, last_us)
        last_us = application.at_us
        yield item, application
        if item.truth.known_at_us is not None:
            entry = (item.truth.known_at_us, item.request.request_id, item.truth.typology)
            heapq.heappush(known, entry)
    while known:
        mark = _mark(*heapq.heappop(known), last_us)
        last_us = mark.at_us
        yield None, mark


def application_event(item: Generated, tokens: Tokens, last_us: int = 0) -> ApplicationProjected:
    """The application's own event, after ``last_us``."""
    return ApplicationProjected(
        applicant=item.request.request_id,
        at_us=max(item.at_us, last_us + 1),
        status=STATUS,
        links=links_of(item.request, tokens),
    )


def _mark(known_at_us: int, applicant: str, typology: str, last_us: int) -> FraudMarked:
    at_us = max(known_at_us, last_us + 1)
    return FraudMarked(applicant=applicant, at_us=at_us, fraud_at_us=at_us, fraud_type=typology)
