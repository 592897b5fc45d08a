"""How a Neo4j server is reached, and how long anything there may take."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Neo4jSettings:
    """Times are seconds. The defaults are for a server in the same data centre.

    ``pool``: connections at most, the projector's one among them.
    ``connect_s``: for opening a connection; ``acquire_s``: for getting one from the pool.
    ``idle_check_s``: a connection unused for longer is tried before it is used.
    ``lifetime_s``: an older connection is replaced, so that a load balancer can move it.

    Raises ``ValueError`` for an address that is none, or a bound outside its range.
    """

    uri: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str = "neo4j"
    pool: int = 32
    connect_s: float = 0.25
    acquire_s: float = 0.3
    idle_check_s: float = 30.0
    lifetime_s: float = 3600.0

    def __post_init__(self) -> None:
        """Refuse what the driver would refuse later, or take without a bound."""
        parts = urlsplit(self.uri)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError(f"uri: expected {', '.join(_SCHEMES)} and ://host:port")
        if parts.username or parts.password:
            raise ValueError("uri: user and password belong in their own options")
        if not self.database:
            raise ValueError("database: must be named")
        if self.pool < 2:  # noqa: PLR2004 - one for decisions, one for the projector
            raise ValueError("pool: must be at least 2")
        for name in ("connect_s", "acquire_s", "idle_check_s", "lifetime_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: must be above 0")

    @property
    def is_routed(self) -> bool:
        """Whether the address is that of a cluster, whose members may lag behind each other."""
        return self.uri.startswith("neo4j")
