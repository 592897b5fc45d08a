"""Every option: in the sample, from three sources, within its bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.api.graph_stores import retention_of
from engine.model import IdentifierKind
from engine.settings import Settings, SettingsError
from engine.settings_loading import load, options, read_toml
from graph.expiry import Retention

_SAMPLE = Path(__file__).resolve().parents[3] / "touchstone.sample.toml"


def test_the_sample_file_holds_every_option_with_its_default() -> None:
    """What an operator copies is what the server does without it."""
    assert Settings() == load(["--config", str(_SAMPLE)], {})
    assert {option.name for option in options()} == set(read_toml(_SAMPLE, options()))


def test_names_of_options_are_unique() -> None:
    """An argument and a variable name no section."""
    names = [option.name for option in options()]

    assert len(names) == len(set(names))


def test_arguments_come_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    """Each source overrides the one below it."""
    file = tmp_path / "touchstone.toml"
    file.write_text("[limits]\nmax_calls = 7\nmax_decisions = 7\nbatch_concurrency = 7\n")
    environment = {
        "TOUCHSTONE_CONFIG": str(file),
        "TOUCHSTONE_MAX_CALLS": "8",
        "TOUCHSTONE_MAX_DECISIONS": "8",
    }
    limits = load(["--max-calls", "9"], environment).limits

    assert (limits.max_calls, limits.max_decisions, limits.batch_concurrency) == (9, 8, 7)


def test_roles_can_be_given_in_one_line_or_as_a_table(tmp_path: Path) -> None:
    """Both forms mean the same."""
    file = tmp_path / "touchstone.toml"
    file.write_text('[access.roles]\nmobile = ["channel"]\n"*" = ["auditor"]\n')

    by_line = load(["--roles", "mobile=channel;*=auditor"], {})

    assert by_line.access.roles == {"mobile": ("channel",), "*": ("auditor",)}
    assert by_line == load(["--config", str(file)], {})


def test_days_can_be_given_in_one_line_or_as_a_table(tmp_path: Path) -> None:
    """Both forms mean the same, and become what the graph keeps."""
    file = tmp_path / "touchstone.toml"
    file.write_text("[retention.graph_keep_kinds]\nip = 400\nnamed = 500\n")

    by_line = load(["--graph-keep-kinds", "ip=400;named=500"], {})

    assert by_line == load(["--config", str(file)], {})
    expected = Retention(kinds={IdentifierKind.IP: 400}, named_days=500)
    assert retention_of(by_line) == expected


@pytest.mark.parametrize(
    "arguments, named",
    [
        (["--graph-keep-days", "364"], "graph_keep_days: decisions look back 365 days"),
        (["--graph-keep-kinds", "ip=90"], "graph_keep_kinds: ip: decisions look back 365"),
        (["--graph-keep-kinds", "shoe=900"], "graph_keep_kinds: there is no kind shoe"),
        (
            ["--graph-keep-days", "900", "--graph-forget-days", "800"],
            "graph_forget_days: links are kept for 900 days",
        ),
    ],
)
def test_links_that_decisions_look_at_are_kept(arguments: list[str], named: str) -> None:
    """A retention under which answers would change is refused at the start."""
    with pytest.raises(SettingsError, match=named):
        retention_of(load(arguments, {}))


@pytest.mark.parametrize(
    "arguments, named",
    [
        (["--max-calls", "0"], "max_calls"),
        (["--max-calls", "many"], "max_calls"),
        (["--log-level", "loud"], "log_level"),
        (["--roles", "mobile=king"], "roles"),
        (["--tls-key", "key.pem"], "tls_certificate"),
        (["--default-deadline-ms", "40000"], "default_deadline_ms"),
        (["--graph-store", "oracle"], "graph_store"),
        (["--graph-store", "neo4j"], "neo4j_uri"),
        (["--neo4j-pool", "2"], "neo4j_pool"),
        (["--graph-keep-kinds", "ip=soon"], "graph_keep_kinds"),
        (["--neo4j-pause-ms", "20000"], "neo4j_pause_ms"),
        (["--config", "/nonexistent.toml"], "config"),
    ],
)
def test_a_bad_option_is_named_in_one_line(arguments: list[str], named: str) -> None:
    """So that a start-up failure needs no search."""
    with pytest.raises(SettingsError, match=named) as refused:
        load(arguments, {})

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["[limits]\nmax_cals = 1\n", "max_calls = 1\n", '[limits]\nmax_calls = "x"\n', "[["]
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, text: str) -> None:
    """A misspelt option must not silently leave the default in force."""
    file = tmp_path / "touchstone.toml"
    file.write_text(text)

    with pytest.raises(SettingsError):
        load(["--config", str(file)], {})
