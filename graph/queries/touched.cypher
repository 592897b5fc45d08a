// What the graph knows of the identifiers and applicants that a batch of events touches.
//
// $identifiers, $applicants  keys
//
// Rows: part, row. Read by the one writer before it computes their new state.
// Bound: the identifiers and applicants of one batch, and all links of these applicants.
// Cost: of the writer. Index seeks, then links only.
//neo4j CALL () {
UNWIND $identifiers AS x
MATCH (i:Identifier {key: x})
//neo4j USING INDEX SEEK i:Identifier(key)
RETURN 'identifier' AS part,
  [i.key, i.kind, i.masked, i.first_at, i.times, i.named_times, i.shared_ats, i.shared_reasons,
  i.expired, i.named_expired, i.expired_at] AS row
UNION ALL
UNWIND $applicants AS x
MATCH (a:Applicant {key: x})
//neo4j USING INDEX SEEK a:Applicant(key)
RETURN 'applicant' AS part,
  [a.key, a.at, a.last_at, a.status, a.mark_ats, a.mark_values, a.mark_types, a.ring_ats,
  a.ring_values] AS row
UNION ALL
UNWIND $applicants AS x
MATCH (a:Applicant {key: x})-[r:USES|GUARANTEED_BY|REFERRED_BY|CONTACT]->(i:Identifier)
//neo4j USING INDEX SEEK a:Applicant(key)
RETURN 'link' AS part, [a.key, type(r), i.key, r.at, r.last_at] AS row
//neo4j }
//neo4j RETURN part, collect(row) AS rows
