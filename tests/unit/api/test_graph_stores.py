"""Which store the settings mean, and where Neo4j's password comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.api.graph_stores import PASSWORD, graph_opener
from engine.settings import Graph, Settings, SettingsError, Storage
from engine.settings_loading import load
from graph.embedded import EmbeddedGraphStore
from graph.guarded import GuardedGraphStore
from graph.settings import GraphSettings

URI = "bolt://127.0.0.1:1"


def settings_of(**graph: object) -> Settings:
    """The defaults, but for the graph."""
    return replace(Settings(), graph=Graph(graph_store="neo4j", **graph))  # type: ignore[arg-type]


async def test_the_default_is_in_this_process(tmp_path: Path) -> None:
    """Under the data directory, and the start fails without it."""
    settings = replace(Settings(), storage=Storage(data_dir=tmp_path))
    opener = graph_opener(settings, GraphSettings(), {})
    store = await opener.open()
    assert isinstance(store, EmbeddedGraphStore)
    assert opener.is_own
    assert (tmp_path / "graph").is_dir()
    await store.close()


async def test_neo4j_is_guarded_and_may_be_away(tmp_path: Path) -> None:
    """Opening asks nothing of the server."""
    file = tmp_path / "password"
    file.write_text("from the file\n", encoding="utf-8")
    settings = settings_of(neo4j_uri=URI, neo4j_password_file=file)
    opener = graph_opener(settings, GraphSettings(), {})
    store = await opener.open()
    assert isinstance(store, GuardedGraphStore)
    assert not opener.is_own
    await store.close()


@pytest.mark.parametrize(
    "graph, environment, named",
    [
        ({"neo4j_uri": "http://h:7474"}, {PASSWORD: "hidden"}, "neo4j_uri"),
        ({"neo4j_uri": "bolt://u:hidden@h"}, {PASSWORD: "hidden"}, "neo4j_uri"),
        ({"neo4j_uri": URI, "neo4j_database": ""}, {PASSWORD: "hidden"}, "neo4j_database"),
        ({"neo4j_uri": URI}, {}, "neo4j_password_file"),
        ({"neo4j_uri": URI, "neo4j_password_file": Path("/none")}, {}, "neo4j_password_file"),
        ({"neo4j_uri": URI, "neo4j_password_file": Path("/dev/null")}, {}, "neo4j_password_file"),
    ],
)
def test_a_bad_option_is_named_and_the_password_is_not(
    graph: dict[str, object], environment: dict[str, str], named: str
) -> None:
    """Before anything is opened, in one line."""
    with pytest.raises(SettingsError, match=named) as refused:
        graph_opener(settings_of(**graph), GraphSettings(), environment)
    assert "\n" not in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_options_reach_the_settings(tmp_path: Path) -> None:
    """From the file's own section; the password is no option."""
    file = tmp_path / "touchstone.toml"
    file.write_text(f'[graph]\ngraph_store = "neo4j"\nneo4j_uri = "{URI}"\n', encoding="utf-8")
    graph = load(["--config", str(file)], {PASSWORD: "hidden"}).graph
    assert (graph.graph_store, graph.neo4j_uri) == ("neo4j", URI)
    assert "hidden" not in repr(graph)
