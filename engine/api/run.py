"""One run of the server: from settings to an exit code."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys

import structlog

from engine.api import addresses, logs
from engine.api.app import App
from engine.api.bootstrap import build
from engine.api.server import Server
from engine.settings import Settings
from engine.version import touchstone_version

EXIT_STOPPED = 0
EXIT_FAILED = 1
EXIT_MISCONFIGURED = 2
EXIT_LEDGER = 3


async def run(settings: Settings) -> int:
    """Serve until a signal or a failure, drain, and return the exit code.

    Raises ``SettingsError`` and ``PolicyError`` if it cannot start.
    """
    addresses.check(settings.network, tls=settings.tls.tls_certificate is not None)
    sink = logs.configure(settings.log)
    # Loading a policy and catching up with a ledger take seconds: somebody watches the start.
    structlog.get_logger().info(
        "starting", version=touchstone_version(), data_dir=str(settings.storage.data_dir)
    )
    try:
        app = build(settings)
        server = Server(app, settings)
        sink.on_drop = server.metrics.log_lines_dropped
        ending = _ending(app)
        await server.start()
        _calm_the_interpreter()
        code = await ending
        await server.stop()
        return code
    finally:
        sink.close()


def _calm_the_interpreter() -> None:
    """Once everything is loaded: what is there stays, and threads take turns in good time.

    A full collection over a heap of code and models would come in the middle of decisions; a
    thread that waits for the interpreter waits 5 ms by default, longer than a decision takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    sys.setswitchinterval(0.0005)


def _ending(app: App) -> asyncio.Future[int]:
    """The exit code, once a signal or a failure of the application has set it."""
    loop = asyncio.get_running_loop()
    ending: asyncio.Future[int] = loop.create_future()

    def end(code: int, cause: str) -> None:
        if not ending.done():
            structlog.get_logger().info("ending", cause=cause)
            ending.set_result(code)

    def failed(error: BaseException) -> None:
        # The report may come from the ledger's own thread.
        loop.call_soon_threadsafe(end, EXIT_LEDGER, type(error).__name__)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, EXIT_STOPPED, number.name)
    app.on_failure(failed)
    return ending
