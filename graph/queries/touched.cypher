// What the graph knows of the identifiers and applicants that a batch of events touches.
//
// $identifiers, $applicants  keys
//
// Rows: part, row. Read by the one writer before it computes their new state.
// Cost: index seeks, and all links of the applicants.
UNWIND $identifiers AS x
MATCH (i:Identifier {key: x})
RETURN 'identifier' AS part,
  [i.key, i.kind, i.masked, i.first_at, i.times, i.named_times, i.shared_ats, i.shared_reasons]
  AS row
UNION ALL
UNWIND $applicants AS x
MATCH (a:Applicant {key: x})
RETURN 'applicant' AS part,
  [a.key, a.at, a.last_at, a.status, a.mark_ats, a.mark_values, a.mark_types] AS row
UNION ALL
UNWIND $applicants AS x
MATCH (a:Applicant {key: x})-[r:USES|GUARANTEED_BY|REFERRED_BY|CONTACT]->(i:Identifier)
RETURN 'link' AS part, [a.key, type(r), i.key, r.at, r.last_at] AS row
