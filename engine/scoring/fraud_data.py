"""Rows for training and examining a fraud scorecard: each as it was at its own decision.

A generated stream is replayed through the graph; the facts of an application come from what was
known before it, fraud marks included, by the functions that serve. Only the outcome comes from
the truth, and with it the moment at which a bank learns it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.generate import Settings, Truth
from engine.generate.events import told_events
from engine.generate.truth import DAY_US
from engine.privacy import Tokeniser
from engine.scoring.fraud_features import fraud_vector
from graph.features import graph_facts
from graph.model import ApplicationProjected, Neighbourhood, NeighbourhoodQuery
from graph.replay import ReplayedGraph
from touchstone.v1 import facts_pb2

if TYPE_CHECKING:
    from engine.generate import Generated

WINDOW_DAYS = 365
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class FraudSample:
    """Applications in the order of time. ``known_at_us`` is the greatest integer for no fraud."""

    rows: npt.NDArray[np.float32]
    at_us: npt.NDArray[np.int64]
    fraud: npt.NDArray[np.bool_]
    known_at_us: npt.NDArray[np.int64]
    truths: Sequence[Truth]
    requests: Sequence[tuple[float, ...]]
    """What the request alone holds, for the comparison without the graph."""

    def known(self, by_us: int) -> npt.NDArray[np.bool_]:
        """Which applications were known as fraud by then."""
        known: npt.NDArray[np.bool_] = self.known_at_us <= by_us
        return known


def replayed(settings: Settings) -> Iterator[tuple[Generated, Neighbourhood, facts_pb2.Facts]]:
    """Each application with what its decision sees of the graph, and the facts of the card."""
    graph = ReplayedGraph()
    for item, event in told_events(settings, Tokeniser(bytes(32))):
        graph.add(event)
        if item is None or not isinstance(event, ApplicationProjected):
            continue
        query = NeighbourhoodQuery(
            applicant_key=event.applicant,
            links=event.links,
            as_of_us=event.at_us,
            since_us=max(0, event.at_us - WINDOW_DAYS * DAY_US),
        )
        neighbourhood = graph.neighbourhood(query)
        yield item, neighbourhood, _facts(item, event, neighbourhood)


def fraud_sample(settings: Settings) -> FraudSample:
    """The whole stream as rows."""
    rows: list[tuple[float, ...]] = []
    items: list[Generated] = []
    for item, _, facts in replayed(settings):
        values = fraud_vector(facts)
        if values is None:
            raise ValueError("the graph always answers here")
        rows.append(values)
        items.append(item)
    known = [_NEVER if i.truth.known_at_us is None else i.truth.known_at_us for i in items]
    return FraudSample(
        rows=np.array(rows, dtype=np.float32),
        at_us=np.array([item.at_us for item in items], dtype=np.int64),
        fraud=np.array([item.truth.fraud for item in items], dtype=np.bool_),
        known_at_us=np.array(known, dtype=np.int64),
        truths=tuple(item.truth for item in items),
        requests=tuple(map(_request_row, items)),
    )


def _facts(
    item: Generated, event: ApplicationProjected, neighbourhood: Neighbourhood
) -> facts_pb2.Facts:
    """The card's facts: those of the graph, and the three of the request that it reads."""
    facts = facts_pb2.Facts()
    asked = item.request.application
    facts.application.partner = asked.partner
    facts.application.branch = asked.branch
    facts.applicant.is_student = asked.applicant.is_student
    facts.graph.CopyFrom(graph_facts(neighbourhood, event.links, event.at_us))
    return facts


def _request_row(item: Generated) -> tuple[float, ...]:
    """Columns of the request: what a scorecard without a graph could look at."""
    asked = item.request.application
    bureau, session, relations = asked.bureau, asked.session, asked.relations
    return (
        -1.0 if session.emulator is None else float(session.emulator),
        -1.0 if session.rooted is None else float(session.rooted),
        float(bool(session.device_fingerprint)),
        -1.0 if bureau is None else float(bureau.months_on_file),
        -1.0 if bureau is None else float(bureau.inquiries_1m),
        -1.0 if bureau is None else float(len(bureau.months)),
        float(len(asked.applicant.phones)),
        float(len(asked.applicant.emails)),
        float(len(asked.applicant.bank_accounts)),
        float(asked.applicant.employer is not None),
        float(relations is not None and relations.guarantor is not None),
        float(relations is not None and relations.referrer is not None),
        float(bool(asked.partner)),
        float(bool(asked.branch)),
        float(asked.applicant.is_student),
    )
