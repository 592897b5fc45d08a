"""The one thread in which policies are loaded, and let go of, while decisions are made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")

#: A policy that is let go of in another thread than it was loaded in leaves 0.25 MB behind.
_THREAD = ThreadPoolExecutor(1, thread_name_prefix="policy")
#: The decision that ends last still has the policy in its hands when the policy is closed.
_LAST_HANDS_S = 1.0


async def aside(load: Callable[[], _T]) -> _T:
    """What ``load`` returns, worked out beside the event loop, one at a time."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, load)


def let_go(held: list[object]) -> None:
    """Empty the list in the thread, soon. The caller keeps nothing of what is in it."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        held.clear()
        return
    loop.call_later(_LAST_HANDS_S, _THREAD.submit, held.clear)
