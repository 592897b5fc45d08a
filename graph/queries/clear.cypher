// Delete a part of the graph; again, until nothing is deleted.
//
// $most  nodes at once: a transaction is kept in the server's memory
//
// Rows: n, how many it were.
// Bound: $most nodes with all their links.
// Cost: of the writer, when caps were changed. A scan that ends after $most nodes.
MATCH (n:Applicant|Identifier)
WITH n LIMIT $most
DETACH DELETE n
RETURN count(*) AS n
