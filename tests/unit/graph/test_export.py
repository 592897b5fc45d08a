"""Files of a part of the graph: well formed whatever the texts hold, no formula in a sheet."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

import defusedxml.ElementTree as SafeET
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import IdentifierKind, Role
from graph.investigate.export import exported
from graph.investigate.model import ApplicationNode, IdentifierNode, LinkRow, Part

NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def part(masked: str, kind: str = "bust_out") -> Part:
    """One application and one identifier, with texts that anybody may have written."""
    return Part(
        applications=(
            ApplicationNode(
                key="dec_1", at_us=1, outcome="refer", fraud_since_us=2, fraud_type=kind
            ),
        ),
        identifiers=(
            IdentifierNode(
                key="phone:1",
                kind=IdentifierKind.PHONE,
                masked=masked,
                first_at_us=1,
                applications=1,
                hub=True,
                hub_reason="cap",
                named_hub=False,
            ),
        ),
        links=(
            LinkRow(
                application="dec_1", role=Role.USES, identifier="phone:1", at_us=1, last_at_us=1
            ),
        ),
    )


@given(masked=texts, kind=texts)
def test_graphml_is_well_formed_and_declares_every_key(masked: str, kind: str) -> None:
    """Whatever the texts hold: no tag of theirs, no character that XML forbids."""
    root: ET.Element = SafeET.fromstring(exported(part(masked, kind), "graphml")["graph.graphml"])
    declared = {(x.get("id"), x.get("for")) for x in root.iter(f"{NAMESPACE}key")}
    (graph,) = root.iter(f"{NAMESPACE}graph")
    assert [x.tag.removeprefix(NAMESPACE) for x in graph] == ["node", "node", "edge"]
    ids = {x.get("id") for x in graph.iter(f"{NAMESPACE}node")}
    for edge in graph.iter(f"{NAMESPACE}edge"):
        assert {edge.get("source"), edge.get("target")} <= ids
    for element in ("node", "edge"):
        for found in graph.iter(f"{NAMESPACE}{element}"):
            for data in found:
                assert (data.get("key"), element) in declared


@given(masked=texts)
def test_csv_and_json_give_the_texts_back(masked: str) -> None:
    """A cell that begins like a formula has an apostrophe before it, and no other change."""
    sheet = exported(part(masked), "csv")["nodes.csv"].decode()
    row = list(csv.DictReader(io.StringIO(sheet, newline="")))[1]
    assert row["masked"] in {masked, "'" + masked}
    assert not row["masked"].startswith(("=", "+", "-", "@", "\t", "\r"))
    whole = json.loads(exported(part(masked), "json")["graph.json"])
    assert whole["nodes"][1]["masked"] == masked


def test_times_are_exact_to_the_microsecond() -> None:
    """Also where a float would round."""
    at_us = 1_780_000_000_123_457
    node = ApplicationNode(key="dec_1", at_us=at_us, outcome="refer")
    found = exported(Part(applications=(node,)), "json")["graph.json"]
    assert json.loads(found)["nodes"][0]["at"] == "2026-05-28T20:26:40.123457+00:00"


def test_another_form_is_a_mistake() -> None:
    """The service allows three."""
    with pytest.raises(ValueError, match="no such form"):
        exported(Part(), "dot")
