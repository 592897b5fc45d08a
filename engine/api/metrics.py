"""Prometheus metrics. Labels come from bounded sets only, and never from people's data."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from graph.projector import Lag

_MAX_CHANNELS = 50
"""Channels beyond it are counted as "other": a caller must not be able to fill the memory."""
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The service's own figures in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._calls = Counter(
            "touchstone_calls", "Finished calls", ("method", "code"), registry=registry
        )
        self._latency = Histogram(
            "touchstone_call_seconds",
            "Time from admission to answer",
            ("method",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._in_flight = Gauge("touchstone_calls_in_flight", "Calls under way", registry=registry)
        self._decisions = Counter(
            "touchstone_decisions",
            "Decisions newly made, repetitions apart",
            ("channel", "outcome"),
            registry=registry,
        )
        self._supplemented = Counter(
            "touchstone_decisions_supplemented",
            "Decisions newly made because proofs were added to an earlier one",
            ("outcome",),
            registry=registry,
        )
        self._dropped = Counter(
            "touchstone_log_lines_dropped",
            "Log lines dropped because the sink did not keep up",
            registry=registry,
        )
        self._graph_events = Gauge(
            "touchstone_graph_lag_events",
            "Recorded or under way, and not yet in the graph",
            registry=registry,
        )
        self._graph_seconds = Gauge(
            "touchstone_graph_lag_seconds",
            "Since the graph last had everything; 0 if it has",
            registry=registry,
        )
        self._graph_failures = Gauge(
            "touchstone_graph_projection_failures",
            "Tries to write the graph that failed in a row",
            registry=registry,
        )
        self._ring_alerts = Gauge(
            "touchstone_ring_alerts_raised",
            "Earlier decisions found to belong to a ring, since the start",
            registry=registry,
        )
        self._channels: set[str] = set()

    def started(self) -> None:
        """A call was admitted."""
        self._in_flight.inc()

    def finished(self, method: str, code: str, seconds: float) -> None:
        """An admitted call ended. ``method``: one of the served methods."""
        self._in_flight.dec()
        self._calls.labels(method, code).inc()
        self._latency.labels(method).observe(seconds)

    def decided(self, channel: str, outcome: str) -> None:
        """A decision was made and is durable."""
        if channel not in self._channels:
            if len(self._channels) >= _MAX_CHANNELS:
                channel = "other"
            else:
                self._channels.add(channel)
        self._decisions.labels(channel, outcome).inc()

    def ring_alerts(self, raised: int) -> None:
        """Alerts raised since the start."""
        self._ring_alerts.set(raised)

    def supplemented(self, outcome: str) -> None:
        """Proofs were added to a decision, and the new one is durable."""
        self._supplemented.labels(outcome).inc()

    def graph(self, lag: Lag) -> None:
        """How far the graph is behind."""
        self._graph_events.set(lag.events)
        self._graph_seconds.set(lag.seconds)
        self._graph_failures.set(lag.failures)

    def log_lines_dropped(self) -> None:
        """A log line was dropped."""
        self._dropped.inc()
