"""The log: structured lines on standard error, written by a thread of its own.

A sink that blocks (a full pipe, a stopped terminal) must not stop decisions: lines wait in a
bounded queue, and those beyond it are dropped and counted.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

import msgspec
import structlog

from engine.settings import Log

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_STOP = None
_OURS = ("graph.", "engine.")
"""Loggers whose messages are our own: they name what failed, never whom it was about."""
_GATHER_S = 0.02
"""How long lines are let gather: to wake a thread for each costs a decision more than its line."""


class LogSink:
    """Writes lines to ``stream`` from its own thread. ``on_drop`` is called for each lost line."""

    def __init__(
        self, stream: TextIO, *, queue_lines: int, on_drop: Callable[[], None] = lambda: None
    ) -> None:
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(queue_lines)
        self.on_drop = on_drop
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def msg(self, line: str) -> None:
        """Queue a line; never waits."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.on_drop()

    log = debug = info = warning = warn = error = critical = exception = fatal = msg

    def close(self, timeout_s: float = 2.0) -> None:
        """Write what waits, for at most ``timeout_s`` seconds."""
        try:
            self._lines.put(_STOP, timeout=timeout_s)
        except queue.Full:
            return
        self._thread.join(timeout_s)

    def _write(self) -> None:
        while (line := self._lines.get()) is not _STOP:
            try:
                self._stream.write(line + "\n")
                if self._lines.empty():
                    self._stream.flush()
                    time.sleep(_GATHER_S)
            except (OSError, ValueError):
                self.on_drop()


def configure(settings: Log, stream: TextIO | None = None) -> LogSink:
    """Send every log line of the process through one sink.

    Of the standard library's loggers only warnings are taken, without their arguments' text:
    libraries may put what they were given into their messages.
    """
    sink = LogSink(stream or sys.stderr, queue_lines=settings.log_queue)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_json)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        logger_factory=lambda *_: sink,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_LibraryHandler(logging.WARNING)]
    return sink


class _LibraryHandler(logging.Handler):
    """Lines of libraries: where they come from, and the exception's type, not its text."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(_OURS):
            line = record.getMessage()
            area = record.name.partition(".")[0]
            structlog.get_logger().log(record.levelno, area, logger=record.name, line=line)
            return
        exception = record.exc_info[0] if record.exc_info else None
        structlog.get_logger().log(
            record.levelno,
            "library",
            logger=record.name,
            place=f"{record.filename}:{record.lineno}",
            exception=exception.__name__ if exception else None,
        )


def _json(event: object, **_: object) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
