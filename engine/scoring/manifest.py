"""The manifest beside a model: what it was made of, and what must hold before it may score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from engine.errors import PolicyError
from engine.scoring.columns import Column

MODEL, MANIFEST = "model.ubj", "manifest.json"
#: Far above a real card, far below what would exhaust memory.
_MAX_BYTES = 50_000_000
#: Beyond any scale in use; far below what makes points infinite.
_LARGEST = 1_000_000


class FeatureEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A feature as it was when the model was trained; see ``engine.scoring.features.Feature``."""

    name: str
    family: str
    sign: int
    low: float
    high: float
    reference: float


class CalibratorEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Platt slope and intercept on the margin."""

    slope: float
    intercept: float
    fitted_on: str


class ScaleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``base`` points at ``base_odds`` : 1, ``pdo`` points double them; the rest follows."""

    base: int
    base_odds: int
    pdo: int
    factor: float
    offset: float


class DataEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The training data."""

    name: str
    licence: str
    sha256: str
    rows: int
    bad_rate: float


class ReferenceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whom an applicant is compared with for reasons; the features hold its mean contributions.

    ``typical``: the medians of the population's features, against which a reason is tried out;
    ``missing``: places that are typically missing, where ``typical`` holds 0.
    """

    population: str
    rows: int
    typical: list[float] = []
    missing: list[int] = []


class CrossValidation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measures of each fold, their means and standard deviations."""

    protocol: str
    auc: list[float]
    ks: list[float]
    brier: list[float]
    auc_mean: float
    auc_sd: float
    ks_mean: float
    ks_sd: float
    brier_mean: float
    brier_sd: float


class Probe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row and the margin it had when the model was trained; checked whenever it is loaded.

    ``missing``: places that were missing, where ``row`` holds 0.
    """

    row: list[float]
    margin: float
    missing: list[int] = []


class BinEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bins of a feature, frozen in training, with the share of the training rows in each.

    Numbers: ``<=`` each of the ``cuts``, above the last, and last what is missing. Categories:
    each of the ``levels``, and last all others. ``rows``: how many the shares are of; 0: not told.
    """

    feature: str
    cuts: list[float]
    levels: list[str]
    shares: list[float]
    rows: int = 0


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything beside the trees.

    ``bins``: of the features, over the training rows. ``score_bins``: of ``points`` and ``pd``,
    over rows that the model had not seen. ``levels``: of categories, the log-odds that stand for
    each level; ``(other)``: any other.
    """

    scorecard: str
    model_sha256: str
    code_version: int
    xgboost_version: str
    trees: int
    configuration: dict[str, int | float]
    features: list[FeatureEntry]
    excluded: list[str]
    calibrator: CalibratorEntry
    scale: ScaleEntry
    data: DataEntry
    reference: ReferenceEntry
    points_deciles: list[int]
    cross_validation: CrossValidation
    probes: list[Probe]
    spec_sha256: str = ""
    seed: int = 0
    versions: dict[str, str] = {}
    bins: list[BinEntry] = []
    levels: dict[str, dict[str, float]] = {}
    score_bins: list[BinEntry] = []


@dataclass(frozen=True, slots=True)
class Artefact:
    """A manifest, the model's bytes, which it vouches for, and the digest of both."""

    manifest: Manifest
    model: bytes
    digest: str


def encode(manifest: Manifest) -> bytes:
    """Canonical, readable bytes; the same manifest gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def read_artefact(directory: Path, columns: Sequence[Column]) -> Artefact:
    """Read and check, without parsing the model. ``PolicyError`` names the file and the fault.

    ``columns``: what this program computes for a card of this kind.

    The digest is the SHA-256 of the manifest, which holds that of the model: it changes with the
    trees, the calibrator, the scale and the reference alike.
    """
    raw = _read(directory / MANIFEST)
    model = _read(directory / MODEL)
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PolicyError(f"{directory / MANIFEST}: {error}") from None
    _check_model_bytes(directory / MODEL, model, manifest)
    _check_features(directory / MANIFEST, manifest, columns)
    _check_numbers(directory / MANIFEST, manifest)
    return Artefact(manifest, model, sha256(raw).hexdigest())


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > _MAX_BYTES:
            raise PolicyError(f"{path}: {size} bytes, more than the {_MAX_BYTES} allowed")
        return path.read_bytes()
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from None


def _check_model_bytes(path: Path, model: bytes, manifest: Manifest) -> None:
    if model[:1] == b"\x80":
        raise PolicyError(f"{path}: is a pickle; models are UBJSON, and pickles are never opened")
    found = sha256(model).hexdigest()
    if found != manifest.model_sha256:
        raise PolicyError(
            f"{path}: sha256 {found[:16]}... but the manifest says "
            f"{manifest.model_sha256[:16]}...: truncated or changed after training"
        )
    if model[:1] != b"{":
        raise PolicyError(f"{path}: is not UBJSON")


def _check_features(path: Path, manifest: Manifest, columns: Sequence[Column]) -> None:
    """The model's columns are the ones this program computes, in the same order."""
    trained = [(f.name, f.family, f.sign, f.low, f.high) for f in manifest.features]
    computed = [(f.name, str(f.family), f.sign, f.low, f.high) for f in columns]
    if len(trained) != len(computed):
        raise PolicyError(f"{path}: {len(trained)} features, this program has {len(computed)}")
    for i, (then, now) in enumerate(zip(trained, computed, strict=True)):
        if then != now:
            raise PolicyError(
                f"{path}: features[{i}]: trained on {then}, this program computes {now}"
            )


def _check_numbers(path: Path, manifest: Manifest) -> None:
    if not manifest.calibrator.slope > 0:
        raise PolicyError(f"{path}: calibrator.slope must be positive, or riskier would be safer")
    if not (manifest.scale.pdo > 0 and manifest.scale.base_odds > 0):
        raise PolicyError(f"{path}: scale.pdo and scale.base_odds must be positive")
    numbers = (manifest.scale.base, manifest.scale.base_odds, manifest.scale.pdo)
    if not all(abs(number) <= _LARGEST for number in (*numbers, manifest.calibrator.slope)):
        raise PolicyError(f"{path}: scale and calibrator must be at most {_LARGEST:,}")
    if not abs(manifest.calibrator.intercept) <= _LARGEST:
        raise PolicyError(f"{path}: calibrator.intercept must be at most {_LARGEST:,}")
    if manifest.trees < 1 or not manifest.probes:
        raise PolicyError(f"{path}: needs at least one tree and one probe")
