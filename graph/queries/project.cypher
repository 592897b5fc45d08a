// Write the new state of what a batch of events touches, and the outbox position it reaches.
//
// $applicants, $identifiers                    their whole new state
// $uses, $guarantors, $referrers, $contacts    links, by role: applicant, identifier, at, last_at
// $position, $digest                           position reached; what the stored data depends on
//
// One statement, so that the position is never ahead of the data or behind it. Values are
// absolute: writing them again changes nothing.
// Rows: position.
// Bound: what the events of one batch touch.
// Cost: of the writer. Index seeks and writes in proportion to the batch.
FOREACH (x IN $applicants |
  MERGE (a:Applicant {key: x.key})
  SET a.at = x.at, a.last_at = x.last_at, a.status = x.status, a.fraud_at = x.fraud_at,
    a.fraud_type = x.fraud_type, a.mark_ats = x.mark_ats, a.mark_values = x.mark_values,
    a.mark_types = x.mark_types, a.ring_ats = x.ring_ats, a.ring_values = x.ring_values)
FOREACH (x IN $identifiers |
  MERGE (i:Identifier {key: x.key})
  SET i.kind = x.kind, i.masked = x.masked, i.first_at = x.first_at, i.degree = x.degree,
    i.hub = x.hub, i.hub_reason = x.hub_reason, i.hub_at = x.hub_at,
    i.named_hub_at = x.named_hub_at, i.times = x.times, i.named_times = x.named_times,
    i.shared_ats = x.shared_ats, i.shared_reasons = x.shared_reasons, i.expired = x.expired,
    i.named_expired = x.named_expired, i.expired_at = x.expired_at)
FOREACH (x IN $uses |
  MERGE (a:Applicant {key: x.applicant})
  MERGE (i:Identifier {key: x.identifier})
  MERGE (a)-[r:USES]->(i)
  SET r.at = x.at, r.last_at = x.last_at)
FOREACH (x IN $guarantors |
  MERGE (a:Applicant {key: x.applicant})
  MERGE (i:Identifier {key: x.identifier})
  MERGE (a)-[r:GUARANTEED_BY]->(i)
  SET r.at = x.at, r.last_at = x.last_at)
FOREACH (x IN $referrers |
  MERGE (a:Applicant {key: x.applicant})
  MERGE (i:Identifier {key: x.identifier})
  MERGE (a)-[r:REFERRED_BY]->(i)
  SET r.at = x.at, r.last_at = x.last_at)
FOREACH (x IN $contacts |
  MERGE (a:Applicant {key: x.applicant})
  MERGE (i:Identifier {key: x.identifier})
  MERGE (a)-[r:CONTACT]->(i)
  SET r.at = x.at, r.last_at = x.last_at)
MERGE (m:GraphMeta {key: 'projection'})
SET m.position = $position, m.digest = $digest
RETURN m.position AS position
