// A page of the applications on one identifier, latest link first, also where it is a hub.
//
// $identifier       its key
// $roles            types of relationships to be listed
// $as_of            microseconds: only what began before it
// $at, $key, $role  the last row of the page before; a time beyond all and '' at first
// $most             rows of a page
// $count_most       links counted at most, own and named ones apart
//
// Rows: part, row.
// Bound: $most links, and counts up to $count_most.
// Cost: of an investigator, on explicit wish where it is a hub: all its links are looked at.
//neo4j CALL () {
MATCH (i:Identifier {key: $identifier})
//neo4j USING INDEX SEEK i:Identifier(key)
RETURN 'identifier' AS part,
  [i.key, i.kind, i.masked, i.first_at, i.times, i.hub_at, i.named_hub_at, i.shared_ats,
    i.shared_reasons] AS row
UNION ALL
MATCH (i:Identifier {key: $identifier})<-[r:USES]-(:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE r.at < $as_of
WITH r LIMIT $count_most
RETURN 'count' AS part, ['uses', count(r)] AS row
UNION ALL
MATCH (i:Identifier {key: $identifier})<-[r:GUARANTEED_BY|REFERRED_BY|CONTACT]-(:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE r.at < $as_of
WITH r LIMIT $count_most
RETURN 'count' AS part, ['named', count(r)] AS row
UNION ALL
MATCH (i:Identifier {key: $identifier})
//neo4j USING INDEX SEEK i:Identifier(key)
MATCH (i)<-[r:USES|GUARANTEED_BY|REFERRED_BY|CONTACT]-(a:Applicant)
WHERE r.at < $as_of AND type(r) IN $roles
  AND (r.at < $at OR (r.at = $at AND (a.key > $key OR (a.key = $key AND type(r) > $role))))
WITH i, r, a
ORDER BY r.at DESC, a.key, type(r)
LIMIT $most
RETURN 'user' AS part,
  [a.key, type(r), i.key, r.at, r.last_at, a.at, a.status, a.mark_ats, a.mark_values, a.mark_types]
  AS row
//neo4j }
//neo4j RETURN part, collect(row) AS rows
