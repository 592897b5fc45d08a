"""From a draft to a live policy and back: proposals, approvals, activation, canary, shadow."""

from engine.lifecycle.approvers import Approvers, load_approvers, new_key, review_message, sign
from engine.lifecycle.desk import PolicyDesk, Status
from engine.lifecycle.events import Event, EventKind
from engine.lifecycle.guard import GuardRails, RailStatus
from engine.lifecycle.live import LivePolicies, Role
from engine.lifecycle.shadow import Comparison, Shadow
from engine.lifecycle.state import Proposal, State
from engine.lifecycle.store import BundleStore

__all__ = [
    "Approvers",
    "BundleStore",
    "Comparison",
    "Event",
    "EventKind",
    "GuardRails",
    "LivePolicies",
    "PolicyDesk",
    "Proposal",
    "RailStatus",
    "Role",
    "Shadow",
    "State",
    "Status",
    "load_approvers",
    "new_key",
    "review_message",
    "sign",
]
