"""Policy language: bundles, diagnostics, the rule engine and its reference."""

from engine.rules.bundle import Check, load_bundle, sources_of, sources_under
from engine.rules.diagnostics import Code, Diagnostic, Severity, render, render_all
from engine.rules.durable import DurableRuleEngine
from engine.rules.evaluator import RuleEngine, RuleEngineError
from engine.rules.model import (
    Bundle,
    Contributions,
    Effects,
    Fallback,
    OnFailure,
    ReasonText,
    Rule,
    Ruleset,
    SourcePolicy,
    Stage,
    StageKind,
    Strategy,
)
from engine.rules.read_reasons import SCORE_FAMILIES
from engine.rules.reference import ReferenceRuleEngine
from engine.rules.result import StageResult, combine
from engine.rules.signals import Signals
from engine.rules.source import Source, Span
from engine.rules.standing import NO_STANDING, Standing, stand, teller

__all__ = [
    "NO_STANDING",
    "SCORE_FAMILIES",
    "Bundle",
    "Check",
    "Code",
    "Contributions",
    "Diagnostic",
    "DurableRuleEngine",
    "Effects",
    "Fallback",
    "OnFailure",
    "ReasonText",
    "ReferenceRuleEngine",
    "Rule",
    "RuleEngine",
    "RuleEngineError",
    "Ruleset",
    "Severity",
    "Signals",
    "Source",
    "SourcePolicy",
    "Span",
    "Stage",
    "StageKind",
    "StageResult",
    "Standing",
    "Strategy",
    "combine",
    "load_bundle",
    "render",
    "render_all",
    "sources_of",
    "sources_under",
    "stand",
    "teller",
]
