"""The method of ``GraphService`` that runs Cypher."""

from __future__ import annotations

import json
from collections.abc import Callable

from engine.api import graph_answers as answer
from engine.api.graph_looking import Investigation
from engine.api.identifiers import Tokens
from engine.api.problems import Problems
from engine.api.visits import Visit, identifier_of, visited
from engine.investigate import View
from graph.window import checked
from touchstone.v1 import graph_pb2 as pb

_DEFAULT_MS = 2_000
_MICROS = 1_000_000


class WindowMethods:
    """A part of the servicer. ``parts``: there once the application has started."""

    def __init__(self, parts: Callable[[], Investigation], tokens: Tokens) -> None:
        self._parts, self._tokens = parts, tokens

    async def RunCypher(  # noqa: N802
        self, request: pb.RunCypherRequest, _context: object
    ) -> pb.RunCypherResponse:
        """Run a statement that can only read."""
        return await visited(self._parts().log, request, self._run)

    async def _run(self, request: pb.RunCypherRequest, seen: Visit) -> pb.RunCypherResponse:
        parts = self._parts()
        seen.even_if_refused = True
        statement = checked(request.statement, self._parameters(request, seen))
        seen.detail = statement.told
        view = await parts.horizon.view(seen.deadline)
        seconds = (request.timeout_ms or _DEFAULT_MS) / 1000
        found = await parts.window.run(statement, seconds, seen.deadline)
        seen.shown = len(found.rows)
        asked = View(view.as_of_us - int(found.age_s * _MICROS), view.stale)
        return pb.RunCypherResponse(
            view=answer.view(asked),
            columns=found.columns,
            rows=(pb.CypherRow(values=map(_json, row)) for row in found.rows),
            cut=found.cut,
        )

    def _parameters(self, request: pb.RunCypherRequest, seen: Visit) -> dict[str, str | int]:
        found: dict[str, str | int] = {}
        problems = Problems()
        for place, parameter in enumerate(request.parameters):
            path = f"parameters[{place}]"
            if parameter.name in found:
                problems.add(f"{path}.name", "is given more than once")
            match parameter.WhichOneof("value"):
                case "number":
                    found[parameter.name] = parameter.number
                case "identifier":
                    token = identifier_of(self._tokens, parameter.identifier, f"{path}.identifier")
                    found[parameter.name] = token.key
                    seen.subjects.append(token.key)
                case _:
                    found[parameter.name] = parameter.text
        problems.raise_if_any()
        return found


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
