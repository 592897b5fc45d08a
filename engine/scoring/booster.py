"""Loading XGBoost trees, after and only after their bytes were checked against the manifest."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import xgboost as xgb

from engine.errors import PolicyError
from engine.scoring.manifest import Artefact, Manifest

_OBJECTIVE = "binary:logistic"
_FLOATS = ("base_weights", "split_conditions")


def load_booster(artefact: Artefact) -> xgb.Booster:
    """The trees, on one thread. ``PolicyError`` if they are not what the manifest says.

    Scores must not differ between machines of a fleet, so another XGBoost is refused: train again
    under the new one, and compare.
    """
    wanted = artefact.manifest.xgboost_version
    if xgb.__version__ != wanted:
        raise PolicyError(f"scorecard was trained by XGBoost {wanted}, this is {xgb.__version__}")
    booster = xgb.Booster({"nthread": 1})
    try:
        booster.load_model(bytearray(artefact.model))
    except xgb.core.XGBoostError as error:
        raise PolicyError(f"model cannot be loaded: {str(error).splitlines()[0]}") from None
    booster.set_param({"nthread": 1})
    _check(booster, artefact.manifest)
    return booster


def _check(booster: xgb.Booster, manifest: Manifest) -> None:
    names = [feature.name for feature in manifest.features]
    if booster.num_features() != len(names) or booster.feature_names != names:
        raise PolicyError("model has other features, or another order, than its manifest")
    learner = json.loads(booster.save_raw("json"))["learner"]
    if learner["objective"]["name"] != _OBJECTIVE:
        raise PolicyError(f"model has objective {learner['objective']['name']}, not {_OBJECTIVE}")
    if learner["gradient_booster"]["name"] != "gbtree":
        raise PolicyError("model is not made of trees (gbtree)")
    trees = learner["gradient_booster"]["model"]["trees"]
    if len(trees) != manifest.trees:
        raise PolicyError(f"model has {len(trees)} trees, the manifest says {manifest.trees}")
    _check_finite(trees)


def _check_finite(trees: list[dict[str, Any]]) -> None:
    """A leaf that is not a number would spread to the score without an error."""
    for number, tree in enumerate(trees):
        for key in _FLOATS:
            if not all(isfinite(value) for value in tree[key]):
                raise PolicyError(f"model: tree {number}: {key} holds a value that is not finite")
