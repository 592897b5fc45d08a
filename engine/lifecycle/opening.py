"""The desk at the start of a server: what is live, from the ledger or from the directory."""

from __future__ import annotations

import asyncio

from engine.clock import AdmissionClock
from engine.errors import PolicyError
from engine.ledger import Ledger
from engine.lifecycle.approvers import Approvers
from engine.lifecycle.desk import PolicyDesk, record_event, recorded_events
from engine.lifecycle.events import Event, EventKind
from engine.lifecycle.guard import RailLimits
from engine.lifecycle.live import LivePolicies
from engine.lifecycle.state import fold
from engine.lifecycle.store import BundleStore
from engine.policy import Policy, load_policy
from engine.privacy import Tokeniser
from engine.settings import Settings

GOVERNED = "governed"
_SERVER = "server"


async def open_desk(
    settings: Settings,
    ledger: Ledger,
    clock: AdmissionClock,
    tokeniser: Tokeniser,
    approvers: Approvers,
    policy: Policy | None,
) -> tuple[LivePolicies, PolicyDesk]:
    """The policies in use and the desk.

    ``policy``: that of the directory, in mode files: it is live, and a change of it is recorded.
    ``None``, in mode governed: what the events say, or the directory's if there are none yet.
    """
    governance = settings.governance
    store = BundleStore(settings.storage.data_dir / "policies")
    events = await recorded_events(ledger)
    state = fold(events, governance.policy_approvals)
    live = state.live
    # The directory is for everybody: a canary from the time when the server was governed ends.
    ends_canary = policy is not None and bool(state.canary)
    if policy is None and live:
        policy = await asyncio.to_thread(load_policy, store.path(live))
    elif policy is None:
        policy = await asyncio.to_thread(load_policy, settings.storage.policy_path)
    if policy.digest != live or ends_canary:
        # Kept, so that its decisions can be made again when the directory has moved on.
        kept = await asyncio.to_thread(store.put_directory, policy.bundle.root)
        if kept != policy.digest:
            raise PolicyError("the policy directory changed during the start; start again")
        event = Event(
            event_id=tokeniser.decision_id(_SERVER, f"policy\nstart {len(events)}"),
            kind=EventKind.ACTIVATED if live else EventKind.INITIAL,
            digest=policy.digest,
            actor=_SERVER,
            at_us=clock.next_us(),
            note=f"mode {governance.policy_mode}: taken from the policy directory",
        )
        await record_event(ledger, event, f"start {len(events)}", tokeniser.fingerprint(b""))
        events.append(event)
    policies = LivePolicies(policy)
    desk = PolicyDesk(
        ledger=ledger,
        store=store,
        policies=policies,
        clock=clock,
        tokeniser=tokeniser,
        approvers=approvers,
        limits=RailLimits(
            least=governance.guard_decisions,
            rate=governance.guard_rate_percent / 100,
            total=governance.guard_line_percent / 100,
        ),
        events=events,
        needed=governance.policy_approvals,
        governed=governance.policy_mode == GOVERNED,
    )
    await desk.resume()
    return policies, desk
