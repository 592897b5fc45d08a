"""Rules in words: sentences in Chinese and English from the typed trees of conditions."""

from engine.rules.speech.sentences import (
    RuleSentence,
    explain_bundle,
    explain_rule,
    explain_stage,
)
from engine.rules.speech.speaker import Speaker

__all__ = ["RuleSentence", "Speaker", "explain_bundle", "explain_rule", "explain_stage"]
