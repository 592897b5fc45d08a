"""Parts of the graph as messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.api.dates import to_timestamp
from engine.investigate import Access, View
from engine.investigate.decision_graph import DecisionGraph
from engine.investigate.saying import Mark, Note, Sharing
from graph.investigate.evidence import Evidence
from graph.investigate.model import ApplicationNode, IdentifierNode, LinkRow, Part
from graph.investigate.paths import Step
from graph.investigate.timeline import Moment
from touchstone.v1 import graph_pb2
from touchstone.v1 import graph_types_pb2 as pb


def view(found: View) -> pb.GraphView:
    """As of when it was looked at."""
    return pb.GraphView(as_of=to_timestamp(found.as_of_us), stale=found.stale)


def part(found: Part) -> pb.GraphPart:
    """Nodes and links."""
    return pb.GraphPart(
        applications=map(_application, found.applications),
        identifiers=map(identifier, found.identifiers),
        links=map(_link, found.links),
    )


def _application(node: ApplicationNode) -> pb.GraphApplication:
    since = node.fraud_since_us
    return pb.GraphApplication(
        decision_id=node.key,
        applied_at=to_timestamp(node.at_us),
        outcome=node.outcome,
        fraud_since=None if since is None else to_timestamp(since),
        fraud_type=node.fraud_type,
    )


def identifier(node: IdentifierNode) -> pb.GraphIdentifier:
    """One identifier."""
    first = node.first_at_us
    return pb.GraphIdentifier(
        key=node.key,
        kind=node.kind.value,
        masked=node.masked,
        first_seen=None if first is None else to_timestamp(first),
        applications=node.applications,
        hub=node.hub,
        hub_reason=node.hub_reason,
        named_hub=node.named_hub,
    )


def _link(row: LinkRow) -> pb.GraphLink:
    return pb.GraphLink(
        decision_id=row.application,
        key=row.identifier,
        role=row.role.value,
        since=to_timestamp(row.at_us),
        last=to_timestamp(row.last_at_us),
    )


def moment(found: Moment) -> pb.GraphMoment:
    """One entry of a timeline."""
    return pb.GraphMoment(
        at=to_timestamp(found.at_us),
        kind=found.kind.value,
        decision_id=found.application,
        key=found.identifier,
        role=found.role.value if found.role else "",
        detail=found.detail,
        since=None if found.since_us is None else to_timestamp(found.since_us),
    )


def steps(found: Iterable[Step]) -> Iterable[pb.PathStep]:
    """The steps of a path."""
    for step in found:
        yield pb.PathStep(
            first_decision_id=step.first,
            second_decision_id=step.second,
            shared=(
                pb.SharedIdentifier(
                    key=x.identifier,
                    first_role=x.first_role.value,
                    first_since=to_timestamp(x.first_at_us),
                    second_role=x.second_role.value,
                    second_since=to_timestamp(x.second_at_us),
                )
                for x in step.shared
            ),
        )


def decision_graph(found: DecisionGraph) -> graph_pb2.GetDecisionGraphResponse:
    """What a decision saw."""
    return graph_pb2.GetDecisionGraphResponse(
        as_of=to_timestamp(found.as_of_us),
        status=found.status,
        part=part(found.part),
        near_cut=found.near_cut,
        far_cut=found.far_cut,
        pending=found.pending,
        same_person=found.same_person,
        position=found.position,
    )


def access(found: Access) -> pb.GraphAccess:
    """One entry of the access log."""
    return pb.GraphAccess(
        access_id=found.access_id,
        caller=found.caller,
        at=to_timestamp(found.at_us),
        method=found.method,
        subjects=found.subjects,
        case_id=found.case_id,
        result=found.result,
        shown=found.shown,
        detail=found.detail,
    )


def note(found: Note) -> pb.RecordedNote:
    """One note."""
    return pb.RecordedNote(
        note_id=found.note_id,
        subject=found.subject,
        text=found.text,
        caller=found.caller,
        at=to_timestamp(found.at_us),
        case_id=found.case_id,
    )


def sharing(found: Sharing) -> pb.RecordedSharing:
    """One declaration or withdrawal."""
    return pb.RecordedSharing(
        sharing_id=found.sharing_id,
        key=found.key,
        reason=found.reason,
        note=found.note,
        caller=found.caller,
        at=to_timestamp(found.at_us),
        case_id=found.case_id,
    )


def mark(found: Mark) -> pb.RecordedMark:
    """One mark, or its withdrawal."""
    since = found.mark.since_us
    return pb.RecordedMark(
        mark_id=found.mark.mark_id,
        decision_id=found.mark.decision_id,
        fraud_type=found.mark.fraud_type or "",
        source=found.mark.source,
        caller=found.caller,
        known_at=to_timestamp(found.mark.known_at_us),
        known_since=None if since is None else to_timestamp(since),
        case_id=found.mark.case_id,
    )


def files(found: Mapping[str, bytes]) -> Iterable[pb.ExportedFile]:
    """Files by their names."""
    for name, content in found.items():
        yield pb.ExportedFile(name=name, content=content)


def evidence(found: Evidence) -> Iterable[pb.SharedThing]:
    """What a group shares."""
    for thing in found.shared:
        yield pb.SharedThing(
            key=thing.identifier.key,
            users=thing.users,
            namers=thing.namers,
            fraud=thing.fraud,
            first=to_timestamp(thing.first_at_us),
            shared_since=to_timestamp(thing.shared_at_us),
            last=to_timestamp(thing.last_at_us),
        )


def pairs(found: Evidence) -> Iterable[pb.SharingPair]:
    """The closest pairs of a group."""
    for pair in found.pairs:
        yield pb.SharingPair(
            first_decision_id=pair.first,
            second_decision_id=pair.second,
            keys=pair.through,
            kinds=(kind.value for kind in pair.kinds),
            since=to_timestamp(pair.since_us),
        )
