// How many applications are on one identifier, hub or not, and the identifier itself.
//
// $identifier      its key
// $as_of           microseconds: only what began before it
// $since, $until   microseconds: only links that began in between, both included
//
// Rows: part, row.
// Bound: three rows.
// Cost: of an investigator. All links of the identifier are looked at, none is handed on.
//neo4j CALL () {
MATCH (i:Identifier {key: $identifier})
//neo4j USING INDEX SEEK i:Identifier(key)
RETURN 'identifier' AS part,
  [i.key, i.kind, i.masked, i.first_at, i.times, i.hub_at, i.named_hub_at, i.shared_ats,
    i.shared_reasons] AS row
UNION ALL
MATCH (i:Identifier {key: $identifier})<-[r:USES]-(:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE r.at < $as_of AND r.at >= $since AND r.at <= $until
RETURN 'count' AS part, ['uses', count(r)] AS row
UNION ALL
MATCH (i:Identifier {key: $identifier})<-[r:GUARANTEED_BY|REFERRED_BY|CONTACT]-(:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE r.at < $as_of AND r.at >= $since AND r.at <= $until
RETURN 'count' AS part, ['named', count(r)] AS row
//neo4j }
//neo4j RETURN part, collect(row) AS rows
