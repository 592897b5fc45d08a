"""The log never stops the server and never repeats what was sent."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator

import pytest
import structlog

from engine.api import logs
from engine.settings import Log


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave the process's loggers as they were."""
    handlers = logging.getLogger().handlers[:]
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers


class _Blocked(io.StringIO):
    """A sink that takes nothing until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def write(self, text: str) -> int:
        """Wait for the release."""
        self.released.wait(5)
        return super().write(text)


def test_a_blocked_sink_costs_lines_and_no_time() -> None:
    """Lines beyond the queue are dropped and counted; the others arrive later."""
    stream, dropped = _Blocked(), []
    sink = logs.LogSink(stream, queue_lines=5, on_drop=lambda: dropped.append(1))
    for number in range(20):
        sink.msg(str(number))
    stream.released.set()
    sink.close()

    written = stream.getvalue().splitlines()
    assert len(written) + len(dropped) == 20
    assert 5 <= len(written) <= 6
    assert [str(n) for n in range(len(written))] == written


def test_a_line_is_json_with_level_and_time() -> None:
    """Below the level there is nothing."""
    stream = io.StringIO()
    sink = logs.configure(Log(log_level="info"), stream)
    structlog.get_logger().debug("unseen")
    structlog.get_logger().info("seen", micros=3)
    sink.close()

    (line,) = stream.getvalue().splitlines()
    assert {name: value for name, value in json.loads(line).items() if name != "timestamp"} == {
        "event": "seen",
        "level": "info",
        "micros": 3,
    }


def test_what_a_library_says_is_logged_without_its_words() -> None:
    """They may hold what the library was given."""
    stream = io.StringIO()
    sink = logs.configure(Log(), stream)
    try:
        raise ValueError("secret 1")  # noqa: TRY301 - only its log line matters
    except ValueError:
        logging.getLogger("library").exception("secret %s", "2")
    sink.close()

    (line,) = stream.getvalue().splitlines()
    assert "secret" not in line
    assert json.loads(line)["exception"] == "ValueError"


def test_what_the_graph_says_is_logged_in_its_words() -> None:
    """They are our own: an operator must read why Neo4j refuses."""
    stream = io.StringIO()
    sink = logs.configure(Log(), stream)
    logging.getLogger("graph.projector").warning("failed (%s)", "Unauthorized")
    sink.close()

    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["line"] == "failed (Unauthorized)"
