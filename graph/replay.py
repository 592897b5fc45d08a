"""A graph in memory, fed event by event: what a decision would have seen at any point of a stream.

By the code that serves: the index of admitted events and the assembly that every store uses. For
training and examination; it holds every event.
"""

from __future__ import annotations

from graph.assemble import assemble
from graph.model import GraphEvent, Neighbourhood, NeighbourhoodQuery
from graph.pending import PendingIndex
from graph.settings import GraphSettings
from graph.subgraph import Subgraph

MOST_EVENTS = 5_000_000


class ReplayedGraph:
    """Answers as a store would to which the same events were projected."""

    def __init__(self, settings: GraphSettings | None = None) -> None:
        self._settings = settings or GraphSettings()
        self._events = PendingIndex(capacity=MOST_EVENTS)

    def add(self, event: GraphEvent) -> None:
        """The next event. ``PendingFull`` beyond five million."""
        self._events.add(event)

    def neighbourhood(self, query: NeighbourhoodQuery) -> Neighbourhood:
        """As of the query's time."""
        with self._events.view() as view:
            return assemble(query, Subgraph(), view, self._settings)
