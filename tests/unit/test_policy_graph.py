"""The policy as a graph, and its drawings."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from defusedxml import ElementTree

from engine.cli import main
from engine.drawing import FORMATS
from engine.rules import load_bundle
from engine.rules.structure import Edge, Kind, Structure, node_id, structure_of
from tests.unit.rules.bundles import SHIPPED

_SVG = "{http://www.w3.org/2000/svg}"


def _structure() -> Structure:
    return structure_of(load_bundle(SHIPPED))


def test_every_rule_and_table_is_there_with_all_it_reads_and_sets() -> None:
    """Nothing of the bundle is missing in the graph."""
    bundle, structure = load_bundle(SHIPPED), _structure()
    edges = {(edge.start, edge.end) for edge in structure.edges}
    for ruleset in bundle.rulesets.values():
        for rule in ruleset.rules:
            own = node_id(Kind.TABLE, ruleset.name) if ruleset.table else f"rule:{rule.id}"
            for path in rule.when.mentions:
                read = path.replace("signals.", "signal:").replace("lists.", "list:")
                assert (read if read != path else f"field:{path}", own) in edges
            if rule.then.reason:
                assert (own, f"reason:{rule.then.reason}") in edges
            if rule.then.signal:
                assert (own, f"signal:{rule.then.signal}") in edges


def test_who_reads_a_field_and_what_follows() -> None:
    """Through signals too: a burst on a device leads to two further rules."""
    around = _structure().around(node_id(Kind.FIELD, "graph.device.applicants_7d"))
    assert {node.name for node in around.of(Kind.RULE)} == {
        "DEVICE_BURST",
        "BURST_NEEDS_IDENTITY",
        "BURST_ON_EMULATOR",
    }
    assert Edge("signal:device_burst", "rule:BURST_ON_EMULATOR", "reads") in around.edges


def test_the_drawing_is_sound_and_shows_every_node_inside() -> None:
    """No box overlaps another, none is outside, and nothing is fetched from elsewhere."""
    structure = _structure()
    text = FORMATS["svg"](structure)
    root = ElementTree.fromstring(text)
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    boxes = [
        tuple(float(box.get(key, "")) for key in ("x", "y", "width", "height"))
        for box in root.iter(f"{_SVG}rect")
        if box.get("class")
    ]
    assert len(boxes) == len(structure.nodes)
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    for index, (x, y, w, h) in enumerate(boxes):
        for x2, y2, w2, h2 in boxes[index + 1 :]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
    shown = {item.text for item in root.iter(f"{_SVG}text")}
    assert {node.name for node in structure.nodes} <= shown
    assert len(list(root.iter(f"{_SVG}path"))) == len(structure.edges)
    assert not re.search(r"href|url\(|<script", text)


@pytest.mark.parametrize("name, arrow", [("mermaid", "-->"), ("dot", "->")])
def test_texts_hold_every_edge(name: str, arrow: str) -> None:
    """One line for each."""
    structure = _structure()
    lines = [line for line in FORMATS[name](structure).splitlines() if f" {arrow} " in line]
    assert len(lines) == len(structure.edges)


def test_the_command_focuses_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As data for other tools, or into a file; a wrong name is met with the nearest."""
    command = ["policy", "graph", str(SHIPPED)]
    assert main([*command, "--format", "json", "--rule", "OVEREXTENDED"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {node["name"] for node in told["nodes"]} == {
        "bureau.utilisation",
        "bureau.inquiries_3m",
        "OVEREXTENDED",
        "CARDS_USED_UP",
        "decline",
    }
    assert main([*command, "--format", "svg", "--output", str(tmp_path / "a.svg")]) == 0
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg")
    assert main([*command, "--field", "bureau.utilization"]) == 2
    assert "did you mean `bureau.utilisation`?" in capsys.readouterr().err
