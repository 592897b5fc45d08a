// The outbox position reached, and the digest of the settings the stored data depends on.
//
// Rows: position, digest.
// Bound: one row; none in a graph that is new.
// Cost: one index seek.
MATCH (m:GraphMeta {key: 'projection'})
RETURN m.position AS position, m.digest AS digest
