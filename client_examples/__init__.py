"""How a channel system calls Touchstone: sync, async, with retries that are safe."""
