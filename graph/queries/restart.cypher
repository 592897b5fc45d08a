// Say that the graph is empty, before and after what was written under other caps is deleted.
//
// $digest  empty while it is being deleted: an interrupted deletion is then begun again
//
// Rows: position.
// Bound: one row.
// Cost: of the writer. One index seek.
MERGE (m:GraphMeta {key: 'projection'})
SET m.position = 0, m.digest = $digest
RETURN m.position AS position
