"""What a customer is told, in English and Chinese: the policy's texts, filled. Pure."""

from engine.wording.answer import Voice, worded, worded_limit
from engine.wording.sentences import Speaker, joined

__all__ = ["Speaker", "Voice", "joined", "worded", "worded_limit"]
