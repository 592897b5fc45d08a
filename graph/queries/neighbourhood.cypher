// Everything a decision may see around its identifiers, in one statement.
//
// $ids        keys of all identifiers of the request, in any role
// $used       of them, those the applicant uses itself
// $beyond     keys of identifiers of near applicants that are not yet projected
// $applicant  key of the applicant, never in the way of its own answer
// $as_of      microseconds: only links before it; over its cap = before it
// $since      microseconds: near links from then on lead further
//
// Rows: part, row; the first is the position, with the digest of the settings and the number of
// removals, which on Neo4j is told again at the end: equal, nothing went meanwhile. The lists are
// complete, so that they can be united with events not yet projected; they are ordered and cut
// after that. Parts with a cap come before the identifiers' own rows: where a statement is no
// snapshot, an identifier that passes its cap meanwhile is then known to have passed it.
//
// What is only reached over a link has no label here: the link says what it is, and no planner
// can begin with a scan of it.
//
// Bound: $ids as many as an application may have links; cap links per identifier, and the caps'
// sum of near applicants with all their links. Identifiers over their cap are not traversed.
// Cost: of a decision. Index seeks on $ids and $beyond, then links only. Planning takes Neo4j a
// hundred times as long as running it, so a plan that is there is kept: the hints leave no other.
// Over a network one row costs as much as all of its content, so Neo4j answers one for each part.
//neo4j CYPHER replan=skip
//neo4j CALL () {
MATCH (m:GraphMeta {key: 'projection'})
RETURN 'position' AS part, [m.position, m.digest, m.removals] AS row
UNION ALL
UNWIND $ids + $beyond AS x
MATCH (i:Identifier {key: x})<-[r:USES]-(b:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE (i.hub_at IS NULL OR i.hub_at >= $as_of) AND r.at < $as_of
RETURN 'user' AS part,
  [i.key, b.key, r.at, b.mark_ats, b.mark_values, b.ring_ats, b.ring_values] AS row
UNION ALL
UNWIND $ids AS x
MATCH (i:Identifier {key: x})<-[r:GUARANTEED_BY|REFERRED_BY|CONTACT]-(b:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE (i.named_hub_at IS NULL OR i.named_hub_at >= $as_of) AND r.at < $as_of
RETURN 'named' AS part,
  [i.key, b.key, r.at, b.mark_ats, b.mark_values, b.ring_ats, b.ring_values, type(r)] AS row
UNION ALL
UNWIND $used AS x
MATCH (i:Identifier {key: x})<-[s:USES]-(b:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE (i.hub_at IS NULL OR i.hub_at >= $as_of) AND s.at < $as_of AND s.at >= $since
  AND b.key <> $applicant
WITH DISTINCT b
MATCH (b)-[r:USES]->(j)
WHERE NOT j.key IN $used AND r.at < $as_of AND (j.hub_at IS NULL OR j.hub_at >= $as_of)
WITH DISTINCT j
MATCH (j)<-[t:USES]-(c)
WHERE t.at < $as_of
RETURN 'user' AS part, [j.key, c.key, t.at, c.mark_ats, c.mark_values] AS row
UNION ALL
UNWIND $used AS x
MATCH (i:Identifier {key: x})<-[s:USES]-(b:Applicant)
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE (i.hub_at IS NULL OR i.hub_at >= $as_of) AND s.at < $as_of AND s.at >= $since
  AND b.key <> $applicant
WITH DISTINCT b
MATCH (b)-[r:USES]->(j)
WHERE r.at < $as_of AND (j.kind = 'id_number' OR NOT j.key IN $used)
RETURN 'via' AS part,
  [j.key, b.key, r.at, j.kind, j.hub_at, j.named_hub_at, j.shared_ats, j.shared_reasons,
  j.expired, j.named_expired] AS row
UNION ALL
UNWIND $ids + $beyond AS x
MATCH (i:Identifier {key: x})
//neo4j USING INDEX SEEK i:Identifier(key)
RETURN 'identifier' AS part,
  [i.key, i.kind, i.hub_at, i.named_hub_at, i.shared_ats, i.shared_reasons,
  i.expired, i.named_expired] AS row
//neo4j UNION ALL
//neo4j MATCH (m:GraphMeta {key: 'projection'})
//neo4j RETURN 'removals' AS part, [m.removals] AS row
//neo4j }
//neo4j RETURN part, collect(row) AS rows
