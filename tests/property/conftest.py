"""Fixtures of the property tests."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.neo4j_server import alone, find_server, run_of
from tests.new_graphs import NewEmbeddedGraphs, NewGraphs, NewNeo4jGraphs


@pytest.fixture(
    scope="module",
    params=["embedded", pytest.param("neo4j", marks=pytest.mark.xdist_group("neo4j"))],
)
def graphs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewGraphs]:
    """Opens empty graphs, one after another, and tells in the end how many answers were right."""
    run = run_of(request.config)
    if request.param == "embedded":
        graphs: NewGraphs = NewEmbeddedGraphs(tmp_path_factory.mktemp("graphs"))
        yield graphs
    else:
        server = find_server(run)
        with alone(run), asyncio.Runner() as runner:
            server.wipe()
            graphs = NewNeo4jGraphs(server.settings, runner)
            yield graphs
            graphs.close()
    told = f" {graphs.compared} answers of {request.param} equal the reference"
    plugins = request.config.pluginmanager
    reporter, capture = plugins.get_plugin("terminalreporter"), plugins.get_plugin("capturemanager")
    if reporter is not None and capture is not None:  # not in a worker
        with capture.global_and_fixture_disabled():
            reporter.write_line(told)
