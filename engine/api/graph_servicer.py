"""``touchstone.v1.GraphService``: looking, saying, running Cypher, and who did."""

from __future__ import annotations

from collections.abc import Callable

from engine.api.graph_explaining import ExplainingMethods
from engine.api.graph_looking import Investigation, LookingMethods
from engine.api.graph_marking import MarkingMethods
from engine.api.graph_rings import RingMethods
from engine.api.graph_saying import SayingMethods
from engine.api.graph_window import WindowMethods
from engine.api.identifiers import Tokens
from engine.api.service import Engine
from touchstone.v1 import graph_pb2_grpc


class GraphServicer(
    LookingMethods,
    ExplainingMethods,
    SayingMethods,
    MarkingMethods,
    WindowMethods,
    RingMethods,
    graph_pb2_grpc.GraphServiceServicer,
):
    """All methods of the service."""

    def __init__(self, engine: Engine, parts: Callable[[], Investigation], tokens: Tokens) -> None:
        LookingMethods.__init__(self, parts, tokens)
        ExplainingMethods.__init__(self, parts)
        SayingMethods.__init__(self, parts, tokens)
        WindowMethods.__init__(self, parts, tokens)
        RingMethods.__init__(self, parts)
        MarkingMethods.__init__(self, engine)
