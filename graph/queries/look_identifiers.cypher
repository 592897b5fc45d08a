// Identifiers and all applications on them, for investigators; of hubs nothing but that they are.
//
// $identifiers  keys of identifiers
// $as_of        microseconds: only what began before it
//
// Rows: part, row. Lists are complete for identifiers under their caps, and empty for the others.
// Bound: $identifiers at most 32; cap links on each, own and named ones apart.
// Cost: of an investigator. Index seeks, then links only.
//neo4j CALL () {
UNWIND $identifiers AS x
MATCH (i:Identifier {key: x})
//neo4j USING INDEX SEEK i:Identifier(key)
RETURN 'identifier' AS part,
  [i.key, i.kind, i.masked, i.first_at, i.times, i.hub_at, i.named_hub_at, i.shared_ats,
    i.shared_reasons] AS row
UNION ALL
UNWIND $identifiers AS x
MATCH (i:Identifier {key: x})<-[r:USES]-(a:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE (i.hub_at IS NULL OR i.hub_at >= $as_of) AND r.at < $as_of
RETURN 'user' AS part,
  [a.key, 'USES', i.key, r.at, r.last_at, a.at, a.status, a.mark_ats, a.mark_values, a.mark_types]
  AS row
UNION ALL
UNWIND $identifiers AS x
MATCH (i:Identifier {key: x})<-[r:GUARANTEED_BY|REFERRED_BY|CONTACT]-(a:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE (i.named_hub_at IS NULL OR i.named_hub_at >= $as_of) AND r.at < $as_of
RETURN 'user' AS part,
  [a.key, type(r), i.key, r.at, r.last_at, a.at, a.status, a.mark_ats, a.mark_values, a.mark_types]
  AS row
//neo4j }
//neo4j RETURN part, collect(row) AS rows
