// The size of the graph. Applicants that are only marked, and not yet known, do not count.
//
// Rows: part, n; none for a part of which there is none.
// Bound: three rows.
// Cost: scans; for operators, not for decisions.
MATCH (a:Applicant) WHERE a.at IS NOT NULL
RETURN 'applicants' AS part, count(a) AS n
UNION ALL
MATCH (i:Identifier)<-[r:USES|GUARANTEED_BY|REFERRED_BY|CONTACT]-(:Applicant)
RETURN 'identifiers' AS part, count(DISTINCT i) AS n
UNION ALL
MATCH (:Applicant)-[r:USES|GUARANTEED_BY|REFERRED_BY|CONTACT]->(:Identifier)
RETURN 'links' AS part, count(r) AS n
