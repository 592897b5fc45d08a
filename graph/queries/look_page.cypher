// A page of the applications on one identifier, latest link first, also where it is a hub.
//
// $identifier       its key
// $as_of            microseconds: only what began before it
// $since            microseconds: only links from then on; sorting all of a hub takes too long
// $at, $key, $role  the last row of the page before; a time beyond all and '' at first
// $most             rows of a page
//
// Rows: part, row.
// Bound: $most links.
// Cost: of an investigator. All links of the identifier are looked at, those since $since sorted.
//neo4j CALL () {
MATCH (i:Identifier {key: $identifier})
//neo4j USING INDEX SEEK i:Identifier(key)
RETURN 'identifier' AS part,
  [i.key, i.kind, i.masked, i.first_at, i.times, i.hub_at, i.named_hub_at, i.shared_ats,
    i.shared_reasons] AS row
UNION ALL
MATCH (i:Identifier {key: $identifier})
//neo4j USING INDEX SEEK i:Identifier(key)
MATCH (i)<-[r:USES|GUARANTEED_BY|REFERRED_BY|CONTACT]-(a:Applicant)
WHERE r.at < $as_of AND r.at >= $since
  AND (r.at < $at OR (r.at = $at AND (a.key > $key OR (a.key = $key AND type(r) > $role))))
WITH i, r, a
ORDER BY r.at DESC, a.key, type(r)
LIMIT $most
RETURN 'user' AS part,
  [a.key, type(r), i.key, r.at, r.last_at, a.at, a.status, a.mark_ats, a.mark_values, a.mark_types]
  AS row
//neo4j }
//neo4j RETURN part, collect(row) AS rows
