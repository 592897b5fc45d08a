"""The methods of ``GraphService`` that explain: evidence of a group, two applications compared."""

from __future__ import annotations

from collections.abc import Callable

from engine.api import graph_answers as answer
from engine.api.graph_looking import Investigation
from engine.api.visits import Visit, visited
from engine.errors import FieldViolation, InvalidApplication, NotFound
from engine.investigate import View
from engine.investigate.comparing import compare
from engine.investigate.comparing_texts import compared_sentence
from graph.investigate.evidence import evidence_of
from graph.investigate.groups import Group
from graph.investigate.sentences import evidence_sentences
from touchstone.v1 import graph_pb2 as pb
from touchstone.v1 import graph_types_pb2 as types

_DEFAULT_MEMBERS = 100
_DEFAULT_LANGUAGE = "en"


async def group_of(
    parts: Investigation,
    request: pb.GetEvidenceRequest | pb.ExportGraphRequest,
    seen: Visit,
    view: View,
) -> Group:
    """What hangs together with an application, or the members of a ring."""
    if request.WhichOneof("about") == "ring_id":
        seen.subjects.append(request.ring_id)
        _, ring = await parts.rings.explain(request.ring_id)
        members = [member.applicant for member in ring.members]
        return await parts.looking.members(members, view, seen.deadline)
    seen.subjects.append(request.decision_id)
    most = request.max_members or _DEFAULT_MEMBERS
    return await parts.looking.group(request.decision_id, view, seen.deadline, most_members=most)


class ExplainingMethods:
    """A part of the servicer. ``parts``: there once the application has started."""

    def __init__(self, parts: Callable[[], Investigation]) -> None:
        self._parts = parts

    async def GetEvidence(  # noqa: N802
        self, request: pb.GetEvidenceRequest, _context: object
    ) -> pb.GetEvidenceResponse:
        """What hangs together with an application, as evidence."""
        return await visited(self._parts().log, request, self._evidence)

    async def CompareApplications(  # noqa: N802
        self, request: pb.CompareApplicationsRequest, _context: object
    ) -> pb.CompareApplicationsResponse:
        """Two applications side by side."""
        return await visited(self._parts().log, request, self._compare)

    async def _evidence(
        self, request: pb.GetEvidenceRequest, seen: Visit
    ) -> pb.GetEvidenceResponse:
        parts = self._parts()
        view = await parts.horizon.view(seen.deadline)
        group = await group_of(parts, request, seen, view)
        if not group.members:
            raise NotFound("the graph knows none of the ring's members any more")
        found = evidence_of(group.part, view.as_of_us)
        seen.shown = len(group.part.applications) + len(group.part.identifiers)
        return pb.GetEvidenceResponse(
            view=answer.view(view),
            sentences=evidence_sentences(
                found, request.language or _DEFAULT_LANGUAGE, complete=group.complete
            ),
            members=found.members,
            fraud=found.fraud,
            shared=answer.evidence(found),
            pairs=answer.pairs(found),
            part=answer.part(group.part),
            complete=group.complete,
        )

    async def _compare(
        self, request: pb.CompareApplicationsRequest, seen: Visit
    ) -> pb.CompareApplicationsResponse:
        ids = (request.first_decision_id, request.second_decision_id)
        if len(set(ids)) == 1:
            told = "must be another one than first_decision_id"
            raise InvalidApplication((FieldViolation("second_decision_id", told),))
        seen.subjects += ids
        looking = self._parts().looking
        found = compare(*[await looking.record(decision_id) for decision_id in ids])
        seen.shown = len(ids)
        language = request.language or _DEFAULT_LANGUAGE
        return pb.CompareApplicationsResponse(
            comparisons=(
                types.Comparison(
                    field=x.field,
                    relation=x.relation.value,
                    sentence=compared_sentence(x, language),
                    keys=x.keys,
                )
                for x in found
            )
        )
