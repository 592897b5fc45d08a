// Everything that is stored of some applicants and identifiers.
//
// $identifiers, $applicants  keys
//
// Rows: part, row; of applicants and identifiers all properties that `project` sets, and how many
// links an identifier has, its own and as named.
// Bound: the identifiers and applicants, and all links of both; those of identifiers are counted.
// Cost: of maintenance. Index seeks, then links only.
//neo4j CALL () {
UNWIND $identifiers AS x
MATCH (i:Identifier {key: x})
//neo4j USING INDEX SEEK i:Identifier(key)
RETURN 'identifier' AS part,
  [i.key, i.kind, i.masked, i.first_at, i.degree, i.hub, i.hub_reason, i.hub_at, i.named_hub_at,
  i.times, i.named_times, i.shared_ats, i.shared_reasons, i.expired, i.named_expired,
  i.expired_at] AS row
UNION ALL
UNWIND $identifiers AS x
MATCH (i:Identifier {key: x})<-[r:USES]-(:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WITH x, count(r) AS n
RETURN 'own' AS part, [x, n] AS row
UNION ALL
UNWIND $identifiers AS x
MATCH (i:Identifier {key: x})<-[r:GUARANTEED_BY|REFERRED_BY|CONTACT]-(:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WITH x, count(r) AS n
RETURN 'named' AS part, [x, n] AS row
UNION ALL
UNWIND $applicants AS x
MATCH (a:Applicant {key: x})
//neo4j USING INDEX SEEK a:Applicant(key)
RETURN 'applicant' AS part,
  [a.key, a.at, a.last_at, a.status, a.fraud_at, a.fraud_type, a.mark_ats, a.mark_values,
  a.mark_types, a.ring_ats, a.ring_values] AS row
UNION ALL
UNWIND $applicants AS x
MATCH (a:Applicant {key: x})-[r:USES|GUARANTEED_BY|REFERRED_BY|CONTACT]->(i:Identifier)
//neo4j USING INDEX SEEK a:Applicant(key)
RETURN 'link' AS part, [a.key, type(r), i.key, r.at, r.last_at] AS row
//neo4j }
//neo4j RETURN part, collect(row) AS rows
