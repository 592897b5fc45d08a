"""Settings of one run: arguments, then environment, then a TOML file, then the defaults."""

from __future__ import annotations

import argparse
import dataclasses
import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from engine.settings import ROLES, Days, Meaning, Roles, Settings, SettingsError

_PREFIX = "TOUCHSTONE_"


@dataclass(frozen=True, slots=True)
class Option:
    """One option as the three sources see it."""

    section: str
    name: str
    kind: object
    default: object
    meaning: Meaning

    def check(self, value: object) -> object:
        """``value`` in the option's type; raises ``SettingsError`` naming the option."""
        try:
            typed = _CONVERT[self.kind](value)
        except SettingsError:
            raise
        except (KeyError, TypeError, ValueError):
            raise SettingsError(f"{self.name}: expected {_EXPECTED[self.kind]}") from None
        if isinstance(typed, int | float):
            self._check_bounds(typed)
        if self.meaning.choices and typed not in self.meaning.choices:
            raise SettingsError(f"{self.name}: must be one of {', '.join(self.meaning.choices)}")
        return typed

    def _check_bounds(self, number: float) -> None:
        least, most = self.meaning.least, self.meaning.most
        if not math.isfinite(number):
            raise SettingsError(f"{self.name}: must be a finite number")
        if least is not None and number < least:
            raise SettingsError(f"{self.name}: must be at least {least:g}")
        if most is not None and number > most:
            raise SettingsError(f"{self.name}: must be at most {most:g}")


def options() -> tuple[Option, ...]:
    """All options in the order of the sample file."""
    found = []
    for section, concern in _concerns().items():
        types = get_type_hints(concern, include_extras=True)
        defaults = concern()
        for name in (f.name for f in dataclasses.fields(concern)):
            kind, meaning = get_args(types[name])
            found.append(Option(section, name, kind, getattr(defaults, name), meaning))
    return tuple(found)


def _concerns() -> dict[str, type[Any]]:
    """The classes of options by their names in ``Settings`` and in the file."""
    types = get_type_hints(Settings)
    return {f.name: types[f.name] for f in dataclasses.fields(Settings)}


def load(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """The settings of this run. Raises ``SettingsError``; ``SystemExit`` for ``--help``."""
    known = options()
    given = vars(_parser(known).parse_args(arguments))
    config = given.pop("config") or environment.get(_PREFIX + "CONFIG")
    values = {} if config is None else read_toml(Path(config), known)
    for option in known:
        text = environment.get(_PREFIX + option.name.upper())
        if text is not None:
            values[option.name] = option.check(text)
        if given.get(option.name) is not None:
            values[option.name] = option.check(given[option.name])
    return _checked(_assemble(known, values))


def read_toml(path: Path, known: Sequence[Option]) -> dict[str, object]:
    """The options in a TOML file. Raises ``SettingsError`` also for one that does not exist."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"config: cannot read {path}: {error}") from None
    by_place = {(option.section, option.name): option for option in known}
    values = {}
    for section, entries in document.items():
        if not isinstance(entries, dict):
            raise SettingsError(f"config: {section} must be a table")
        for name, value in entries.items():
            option = by_place.get((section, name))
            if option is None:
                raise SettingsError(f"config: there is no option {section}.{name}")
            values[name] = option.check(value)
    return values


def _assemble(known: Sequence[Option], values: Mapping[str, object]) -> Settings:
    sections: dict[str, dict[str, object]] = {}
    for option in known:
        if option.name in values:
            sections.setdefault(option.section, {})[option.name] = values[option.name]
    return Settings(
        **{name: concern(**sections.get(name, {})) for name, concern in _concerns().items()}
    )


def _checked(settings: Settings) -> Settings:
    """What no single option can tell."""
    tls = settings.tls
    files = (tls.tls_certificate, tls.tls_key, tls.tls_client_ca)
    if any(files) and not all(files):
        raise SettingsError(
            "tls_certificate, tls_key, tls_client_ca: give all three, or none for plaintext"
        )
    if settings.deadlines.default_deadline_ms > settings.deadlines.max_deadline_ms:
        raise SettingsError("default_deadline_ms: must not be above max_deadline_ms")
    monitoring = settings.monitoring
    if monitoring.monitor_short_hours > monitoring.monitor_long_hours:
        raise SettingsError("monitor_short_hours: must not be above monitor_long_hours")
    if monitoring.monitor_watch_percent > monitoring.monitor_drift_percent:
        raise SettingsError("monitor_watch_percent: must not be above monitor_drift_percent")
    graph = settings.graph
    if graph.graph_store == "neo4j" and not graph.neo4j_uri:
        raise SettingsError("neo4j_uri: must be given for graph_store = neo4j")
    if graph.neo4j_pause_ms > graph.neo4j_pause_most_ms:
        raise SettingsError("neo4j_pause_ms: must not be above neo4j_pause_most_ms")
    return settings


def _parser(known: Sequence[Option]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="server.py",
        allow_abbrev=False,
        description="Touchstone: decides credit-card applications over gRPC.",
        epilog="Each option may also stand in the environment as TOUCHSTONE_NAME, or in the file"
        " of --config. Exit codes: 0 stopped as asked, 1 failed, 2 misconfigured, 3 the ledger"
        " could not make a record durable.",
    )
    parser.add_argument("--config", help="TOML file with options")
    for option in known:
        flag = "--" + option.name.replace("_", "-")
        meaning = f"{option.meaning.text} (default: {_shown(option.default)})".replace("%", "%%")
        if option.kind is bool:
            parser.add_argument(flag, help=meaning, action=argparse.BooleanOptionalAction)
        else:
            parser.add_argument(flag, help=meaning, metavar="VALUE")
    return parser


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default) if default not in (None, {}, "") else "none"


def _to_bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]


def _to_int(value: object) -> int:
    if isinstance(value, str):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _to_str(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _to_path(value: object) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise TypeError
    return Path(value)


def _to_names(value: object) -> tuple[str, ...]:
    """Roles, as a list or with commas between them."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise TypeError
    names = tuple(str(part).strip() for part in parts if str(part).strip())
    if unknown := set(names) - set(ROLES):
        raise SettingsError(f"roles: no such role {min(unknown)}")
    return names


def _to_roles(value: object) -> Roles:
    """A table, or ``caller=role,role;caller=role``."""
    if isinstance(value, str):
        pairs = [part.partition("=") for part in value.split(";") if part.strip()]
        value = {caller.strip(): roles for caller, _, roles in pairs}
    if not isinstance(value, dict):
        raise TypeError
    return {str(caller): _to_names(roles) for caller, roles in value.items()}


def _to_days(value: object) -> Days:
    """A table, or ``name=days;name=days``."""
    if isinstance(value, str):
        pairs = [part.partition("=") for part in value.split(";") if part.strip()]
        value = {name.strip(): days for name, _, days in pairs}
    if not isinstance(value, dict):
        raise TypeError
    return {str(name): _to_int(days) for name, days in value.items()}


_CONVERT: Mapping[object, Callable[[object], object]] = {
    bool: _to_bool,
    int: _to_int,
    str: _to_str,
    Path: _to_path,
    Path | None: lambda value: _to_path(value) if value not in (None, "") else None,
    tuple[str, ...]: _to_names,
    Roles: _to_roles,
    Days: _to_days,
}

_EXPECTED: Mapping[object, str] = {
    bool: "true or false",
    int: "a whole number",
    str: "a text",
    Path: "a path",
    Path | None: "a path",
    tuple[str, ...]: "a list of roles",
    Roles: "a table of callers and their roles",
    Days: "a table of names and whole numbers of days",
}
