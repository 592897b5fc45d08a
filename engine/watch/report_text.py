"""A report on the terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from engine.monitor.causes import Cause
from engine.monitor.explanation import Explanation
from engine.monitor.observation import DIMENSIONS
from engine.monitor.policies import PolicyEffect, Shift
from engine.watch.figures import Figures

_MOST = 15
NOTE = (
    "Outcomes are known of opened accounts only: calibration and AUC say nothing of the declined."
)


def as_json(found: Figures) -> str:
    """Everything, with sorted keys."""
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)


def print_report(found: Figures, console: Console) -> None:
    """A window, from the whole to the parts; then its cuts, and the window it is held against."""
    console.print(f"window {found['window']}")
    _population(found["figures"], console)
    for name, values in found["figures"]["by"].items():
        for value, figures in values.items():
            console.print()
            console.print(f"== {name} {value or '(none)'}")
            _population(figures, console, segments=False)
    if found["against"] is not None:
        console.print(f"\nagainst {found['against']['window']}")
        _rates(found["against"]["figures"], console)
        for card in found["between"]:
            console.print(_stability(f"{card['card']}, against that window", card))
    console.print(NOTE)


def _population(figures: Figures, console: Console, *, segments: bool = True) -> None:
    _rates(figures, console)
    for card in figures["cards"] + figures["fraud_cards"]:
        console.print(
            _stability(f"{card['card']} {card['digest'][:12]}, {card['n']:,} scored", card)
        )
        if card["note"]:
            console.print(card["note"])
        if card["discrimination"]:
            told = card["discrimination"]
            console.print(
                f"AUC {told['auc']:.3f} (standard error {told['se']:.3f}), KS {told['ks']:.3f}, of"
                f" {told['good']:,} good and {told['bad']:,} bad accounts"
            )
    _overrides(figures["overrides"], console)
    _calibration(figures["calibration"], console)
    for duel in figures["challengers"]:
        console.print(
            f"challenger {duel['card']}: {duel['n']:,} beside the champion, points"
            f" {duel['points_difference']:+.1f} (sd {duel['points_difference_sd']:.1f}), PD"
            f" {100 * duel['pd_difference']:+.2f} points{_aucs(duel)}"
        )
    for title in ("first_reasons", "rules", "binding_caps", "limit_statuses", "degradations"):
        if figures[title]:
            console.print(_codes(title.replace("_", " "), figures[title]))
    if segments:
        for name in DIMENSIONS:
            if len(figures["segments"][name]) > 1:
                console.print(_segments(name, figures["segments"][name]))


def _aucs(duel: Figures) -> str:
    if not duel["champion"] or not duel["challenger"]:
        return ""
    return f"; AUC {duel['challenger']['auc']:.3f} against {duel['champion']['auc']:.3f}"


def _rates(figures: Figures, console: Console) -> None:
    means, line, offer = figures["means"], figures["line"], figures["offer"]
    console.print(f"{figures['applications']:,} applications, each by its last decision")
    for name, rate in figures["rates"].items():
        console.print(f"  {name:8} {shown(rate)}")
    if means["points"] is not None:
        console.print(
            f"  mean score {means['points']:.1f}, mean PD {means['pd']:.4f}, of {means['scored']:,}"
        )
    for name, amounts in (("line", line), ("offer", offer)):
        if amounts["n"]:
            shares = ", ".join(
                f"{key} {amounts[key]:,.0f}" for key in ("p10", "p25", "p50", "p75", "p90")
            )
            console.print(f"  {name} of the approved: {shares}")


def shown(rate: Figures) -> str:
    """A share with its interval and its count."""
    if rate["value"] is None:
        return "-"
    low, high = 100 * rate["low"], 100 * rate["high"]
    return (
        f"{100 * rate['value']:.1f} % ({low:.1f} to {high:.1f}), {rate['hits']:,} of {rate['n']:,}"
    )


def _stability(title: str, card: Figures) -> Table:
    table = _table(
        f"PSI and CSI of {title}", "of", "PSI", "without drift", "n", "m", "p-value", "verdict"
    )
    rows = [] if card["psi"] is None else [card["psi"]]
    for row in rows + card["csi"][:_MOST]:
        table.add_row(
            row["name"],
            f"{row['psi']:.4f}",
            f"{row['expected']:.4f}",
            f"{row['n']:,}",
            f"{row['rows']:,}",
            ("" if row["exact"] else "~") + f"{row['p_value']:.4f}",
            row["verdict"],
        )
    return table


def _overrides(found: Figures, console: Console) -> None:
    if found["rate"]["n"]:
        console.print(
            f"overridden {shown(found['rate'])} reviewed; low side {shown(found['low_side'])}"
            f" declines; high side {shown(found['high_side'])} approvals"
        )
    if found["answered"]["hits"]:
        console.print(
            f"referrals answered {shown(found['answered'])}, of these approved"
            f" {shown(found['conversion'])}"
        )


def _calibration(found: Figures, console: Console) -> None:
    if not found["n"]:
        return
    test = found["test"]
    table = _table("calibration by band of PD", "PD", "accounts", "predicted", "bad")
    for band in found["bands"]:
        table.add_row(
            band["label"],
            f"{band['n']:,}",
            f"{100 * band['predicted']:.1f} %",
            shown(band["observed"]),
        )
    console.print(table)
    console.print(
        f"bad {found['bad']:,} against {found['expected']:.1f} expected, ratio"
        f" {found['ratio']:.3f}; Hosmer-Lemeshow {test['statistic']:.1f} on {test['freedom']},"
        f" p {test['p_value']:.4f}; {found['indeterminate']:,} indeterminate and"
        f" {found['without_account']:,} without an account left out"
    )


def _codes(title: str, rows: Sequence[Figures]) -> Table:
    table = _table(title, "code", "applications", "share")
    for row in rows[:_MOST]:
        table.add_row(row["code"], f"{row['hits']:,}", f"{100 * row['value']:.1f} %")
    return table


def _segments(name: str, rows: Sequence[Figures]) -> Table:
    table = _table(
        f"by {name.replace('_', ' ')}",
        name,
        "n",
        "approved",
        "points",
        "PD",
        "line",
        "overridden",
        "bad / expected",
    )
    for row in rows[:_MOST]:
        table.add_row(
            row["value"] or "(none)",
            f"{row['n']:,}",
            _short(row["approved"]),
            _or_dash(row["points"], ".1f"),
            _or_dash(row["pd"], ".3f"),
            _or_dash(row["line"], ",.0f"),
            _short(row["overridden"]),
            f"{row['bad']['hits']:,} / {row['expected_bad']:.1f}" if row["matured"] else "-",
        )
    return table


def _short(rate: Figures) -> str:
    if rate["value"] is None:
        return "-"
    return f"{100 * rate['value']:.1f} % ({100 * rate['low']:.1f} to {100 * rate['high']:.1f})"


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if not place else "right")
    return table


def explained(
    found: Explanation, sentences: dict[str, Sequence[str]], amounts: Sequence[str]
) -> Figures:
    """An explanation as plain values; ``amounts``: of its account, as printed."""
    return {
        "metric": found.metric.value,
        "before": float(found.before.mean),
        "after": float(found.after.mean),
        "n": [found.before.n, found.after.n],
        "change": found.change,
        "p_value": found.p_value,
        "sentences": sentences,
        "causes": [
            {
                "where": dict(cause.key),
                "kind": cause.kind.value,
                "effect": cause.effect,
                "error": cause.error,
                "p_value": cause.p_value,
                "named": cause.named,
                "n": [cause.n_before, cause.n_after],
                "share": [cause.share_before, cause.share_after],
                "mean": [cause.mean_before, cause.mean_after],
                "rest": [cause.rest_before, cause.rest_after],
            }
            for cause in found.causes[:50]
        ],
        "account": {
            "parts": [_part(part, found.sign) for part in found.account.parts],
            "rest": found.account.rest,
            "amounts": list(amounts),
        },
        "split": {
            split.dimension: {
                "mix": float(split.mix),
                "rate": float(split.rate),
                "change": float(split.change),
                "parts": [
                    {
                        "value": part.value,
                        "n": [part.before.n, part.after.n],
                        "share": [float(part.share_before), float(part.share_after)],
                        "mean": [float(part.before.mean), float(part.after.mean)],
                        "mix": float(part.mix),
                        "rate": float(part.rate),
                    }
                    for part in split.parts
                ],
            }
            for split in found.decompositions
        },
        "policy": _policy(found),
        "features": _features(found),
        **{
            name: [_shift(shift) for shift in shifts]
            for name, shifts in (
                ("policies", found.policies),
                ("rules", found.rules),
                ("first_reasons", found.leading),
                ("degradations", found.degradations),
            )
        },
    }


def _part(part: Cause | PolicyEffect, sign: float) -> Figures:
    """Of the account: ``against`` tells what goes against the change."""
    kind, where = (
        ("policy", {}) if isinstance(part, PolicyEffect) else (part.kind.value, dict(part.key))
    )
    return {
        "kind": kind,
        "where": where,
        "effect": part.effect,
        "error": part.error,
        "p_value": part.p_value,
        "against": sign * part.effect < 0,
    }


def _policy(found: Explanation) -> Figures | None:
    effect = found.policy
    if effect is None:
        return None
    return {
        "digest": effect.digest,
        "n": effect.n,
        "left_out": effect.left_out,
        "policy": effect.effect,
        "population": found.change - effect.effect,
        "error": effect.error,
        "p_value": effect.p_value,
    }


def _features(found: Explanation) -> Figures | None:
    effects = found.features
    if effects is None:
        return None

    def rows(items: Sequence[Any]) -> list[Figures]:
        return [
            {
                "name": item.name,
                "family": item.family,
                "points": item.points,
                "error": item.error,
                "p_value": item.p_value,
                "csi": None if item.csi is None else item.csi.psi,
            }
            for item in items
        ]

    return {
        "card": effects.card,
        "n": [effects.n_before, effects.n_after],
        "change": effects.change,
        "features": rows(effects.features),
        "families": rows(effects.families),
    }


def _shift(shift: Shift) -> Figures:
    return {
        "code": shift.code,
        "n": [shift.before, shift.after],
        "share": [shift.share_before, shift.share_after],
        "p_value": shift.p_value,
    }


def print_explanation(found: Figures, language: str, console: Console) -> None:
    """The sentences, and the exact split of each dimension."""
    for number, sentence in enumerate(found["sentences"][language]):
        console.print(f"{number}. {sentence}" if number else sentence)
    for name, split in found["split"].items():
        if len(split["parts"]) > 1:
            console.print(_split(name, split, found["metric"]))


def _split(name: str, split: Figures, metric: str) -> Table:
    factor, form = (100, "+.2f") if metric in {"approval", "pd"} else (1, "+,.2f")
    table = _table(
        f"{name.replace('_', ' ')}: mix {factor * split['mix']:{form}} and rate"
        f" {factor * split['rate']:{form}} add to {factor * split['change']:{form}}",
        name,
        "n",
        "share",
        "mean",
        "mix",
        "rate",
    )
    for part in split["parts"][:_MOST]:
        table.add_row(
            part["value"] or "(none)",
            " → ".join(f"{n:,}" for n in part["n"]),
            " → ".join(f"{100 * share:.1f} %" for share in part["share"]),
            " → ".join(f"{factor * mean:,.1f}" for mean in part["mean"]),
            f"{factor * part['mix']:{form}}",
            f"{factor * part['rate']:{form}}",
        )
    return table
