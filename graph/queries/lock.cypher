// Begin a batch: become the only writer until the transaction ends, and tell what is stored.
//
// $digest  what the stored data depends on, for a graph that is new
//
// Setting a property takes the node's lock, so what is returned is read under it. A batch that the
// projector has given up, and that is still being applied, is finished or undone before that.
//
// Rows: position, digest.
// Bound: one row.
// Cost: of the writer. One index seek.
MERGE (m:GraphMeta {key: 'projection'})
ON CREATE SET m.position = 0, m.digest = $digest
SET m.locked = true
RETURN m.position AS position, m.digest AS digest
