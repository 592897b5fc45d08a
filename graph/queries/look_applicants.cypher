// Applications, all their links, and the identifiers at the other end: for investigators.
//
// $applicants  keys of applications
// $as_of       microseconds: only what began before it
//
// Rows: part, row. An application that is only marked, and not yet known, has no row.
// Bound: $applicants at most 32; the links of an application as many as it may have.
// Cost: of an investigator. Index seeks, then links only.
//neo4j CALL () {
UNWIND $applicants AS x
MATCH (a:Applicant {key: x})
//neo4j USING INDEX SEEK a:Applicant(key)
WHERE a.at < $as_of
RETURN 'applicant' AS part,
  [a.key, a.at, a.status, a.mark_ats, a.mark_values, a.mark_types] AS row
UNION ALL
UNWIND $applicants AS x
MATCH (a:Applicant {key: x})-[r:USES|GUARANTEED_BY|REFERRED_BY|CONTACT]->(i)
//neo4j USING INDEX SEEK a:Applicant(key)
WHERE r.at < $as_of
RETURN 'link' AS part, [a.key, type(r), i.key, r.at, r.last_at] AS row
UNION ALL
UNWIND $applicants AS x
MATCH (a:Applicant {key: x})-[r:USES|GUARANTEED_BY|REFERRED_BY|CONTACT]->(i)
//neo4j USING INDEX SEEK a:Applicant(key)
WHERE r.at < $as_of
WITH DISTINCT i
RETURN 'identifier' AS part,
  [i.key, i.kind, i.masked, i.first_at, i.times, i.hub_at, i.named_hub_at, i.shared_ats,
    i.shared_reasons] AS row
//neo4j }
//neo4j RETURN part, collect(row) AS rows
