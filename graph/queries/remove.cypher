// Take links, applicants and identifiers out of the graph, and note what identifiers keep of them.
//
// $uses, $guarantors, $referrers, $contacts  links, by role: applicant, identifier
// $identifiers  key, with expired, named_expired and expired_at as they are then
// $applicants   keys, with whatever they are still linked to
// $forgotten    keys of identifiers that go if nothing is linked to them, nothing was linked since
//               $forget, and they were never declared as shared
// $forget       microseconds
//
// One statement, so that no link goes without being counted. What is not there is passed over.
// ``removals`` counts these statements: whoever reads in several steps can tell that one came
// between.
// Rows: removals.
// Bound: what is listed, and all links of $applicants.
// Cost: of the writer, or of maintenance beside it. Index seeks, then links only.
UNWIND (CASE WHEN $uses = [] THEN [null] ELSE $uses END) AS x
OPTIONAL MATCH (a:Applicant {key: x.applicant})-[r:USES]->(i:Identifier {key: x.identifier})
//neo4j USING INDEX SEEK a:Applicant(key)
//neo4j USING INDEX SEEK i:Identifier(key)
DELETE r
WITH count(*) AS n
UNWIND (CASE WHEN $guarantors = [] THEN [null] ELSE $guarantors END) AS x
OPTIONAL MATCH (a:Applicant {key: x.applicant})-[r:GUARANTEED_BY]->(i:Identifier {key: x.identifier})
//neo4j USING INDEX SEEK a:Applicant(key)
//neo4j USING INDEX SEEK i:Identifier(key)
DELETE r
WITH count(*) AS n
UNWIND (CASE WHEN $referrers = [] THEN [null] ELSE $referrers END) AS x
OPTIONAL MATCH (a:Applicant {key: x.applicant})-[r:REFERRED_BY]->(i:Identifier {key: x.identifier})
//neo4j USING INDEX SEEK a:Applicant(key)
//neo4j USING INDEX SEEK i:Identifier(key)
DELETE r
WITH count(*) AS n
UNWIND (CASE WHEN $contacts = [] THEN [null] ELSE $contacts END) AS x
OPTIONAL MATCH (a:Applicant {key: x.applicant})-[r:CONTACT]->(i:Identifier {key: x.identifier})
//neo4j USING INDEX SEEK a:Applicant(key)
//neo4j USING INDEX SEEK i:Identifier(key)
DELETE r
WITH count(*) AS n
UNWIND (CASE WHEN $applicants = [] THEN [''] ELSE $applicants END) AS x
OPTIONAL MATCH (a:Applicant {key: x})
//neo4j USING INDEX SEEK a:Applicant(key)
DETACH DELETE a
WITH count(*) AS n
FOREACH (x IN $identifiers |
  MERGE (i:Identifier {key: x.key})
  SET i.expired = x.expired, i.named_expired = x.named_expired, i.expired_at = x.expired_at)
WITH n
UNWIND (CASE WHEN $forgotten = [] THEN [''] ELSE $forgotten END) AS x
OPTIONAL MATCH (i:Identifier {key: x})
//neo4j USING INDEX SEEK i:Identifier(key)
WHERE NOT (i)<-[:USES|GUARANTEED_BY|REFERRED_BY|CONTACT]-() AND i.shared_ats IS NULL
  AND i.expired_at < $forget
DETACH DELETE i
WITH count(*) AS n
MATCH (m:GraphMeta {key: 'projection'})
SET m.removals = coalesce(m.removals, 0) + 1
RETURN m.removals AS removals
