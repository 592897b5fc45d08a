// Take identifiers out of the graph that nobody knows, with whatever is linked to them.
//
// $identifiers  keys
//
// Rows: n, how many were looked for.
// Bound: the identifiers and their links.
// Cost: of maintenance. Index seeks, then links only.
UNWIND $identifiers AS x
OPTIONAL MATCH (i:Identifier {key: x})
//neo4j USING INDEX SEEK i:Identifier(key)
DETACH DELETE i
RETURN count(*) AS n
