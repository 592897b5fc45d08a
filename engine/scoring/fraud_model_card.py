"""The short form of the fraud card for people who examine it, written from its manifest alone."""

from __future__ import annotations

from engine.scoring.manifest import Manifest


def model_card(manifest: Manifest) -> str:
    """Markdown; the same for the same manifest. Rates and PDs are shares of 1."""
    measured, data = manifest.cross_validation, manifest.data
    lines = [
        f"# Scorecard {manifest.scorecard}",
        "",
        "Fraud among the applications to which an applicant is linked, from counts of the graph.",
        "What each feature is, and how it behaves on rings: docs/fraud_scorecard.md.",
        "",
        "## Where it comes from",
        "| | |",
        "|---|---|",
        f"| data | {data.name}; {data.licence} |",
        f"| rows | {data.rows:,}, {data.bad_rate:.4f} known to be fraud when the streams end |",
        f"| never features | {', '.join(manifest.excluded)} |",
        f"| trees | {manifest.trees}, SHA-256 `{manifest.model_sha256}` |",
        f"| rows by SHA-256 | `{data.sha256}` |",
        f"| code, XGBoost | version {manifest.code_version}, {manifest.xgboost_version} |",
        "| to repeat it | `python -m engine.scoring.fraud_train --verify` |",
        "",
        "## Measured",
        f"{measured.protocol[0].upper()}{measured.protocol[1:]}.",
        "",
        "| stream | AUC | KS | Brier |",
        "|---|---|---|---|",
    ]
    streams = zip(measured.auc, measured.ks, measured.brier, strict=True)
    lines += [_row(str(number), row) for number, row in enumerate(streams, 1)]
    calibrator = manifest.calibrator
    platt = f"Platt: slope {calibrator.slope:.4f}, intercept {calibrator.intercept:.4f}"
    cuts = ", ".join(map(str, manifest.points_deciles))
    lines += [
        _row("mean", (measured.auc_mean, measured.ks_mean, measured.brier_mean)),
        _row("sd", (measured.auc_sd, measured.ks_sd, measured.brier_sd)),
        "",
        f"{platt}; fitted on {calibrator.fitted_on}.",
        f"Nine cut points part the rows into tenths: {cuts}.",
        "",
        "## Features",
        "Sign +1: more never lowers the PD; 0: no agreed sign.",
        "",
        "| feature | family | sign | range |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {f.name} | {f.family} | {f'{f.sign:+d}' if f.sign else '0'} | {f.low:g} .. {f.high:g} |"
        for f in manifest.features
    ]
    lines += [
        "",
        "## Limits",
        "- Every stream is made up: real rings change their ways, and these do not.",
        "- The generator that trained it also measures it: expect less of real applications.",
        "- Its training measures no fairness, no calibration by tenth and no other card beside it.",
        "- A bank trains its own card on its own decisions before it relies on one.",
    ]
    return "\n".join(lines) + "\n"


def _row(name: str, values: tuple[float, float, float]) -> str:
    return f"| {name} | " + " | ".join(f"{value:.4f}" for value in values) + " |"
