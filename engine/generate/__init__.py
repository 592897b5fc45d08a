"""Synthetic applications with ground truth: seeded, versioned, streamed. docs/generator.md."""

from engine.generate.events import graph_events
from engine.generate.plan import GENERATOR_VERSION, Settings
from engine.generate.stream import Generated, generate
from engine.generate.truth import Truth
from engine.generate.wire import as_json, links_of, to_request

__all__ = [
    "GENERATOR_VERSION",
    "Generated",
    "Settings",
    "Truth",
    "as_json",
    "generate",
    "graph_events",
    "links_of",
    "to_request",
]
