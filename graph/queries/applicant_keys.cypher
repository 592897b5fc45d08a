// Applicants of a range of keys, to find those that should not be there.
//
// $above, $upto  keys: above the first, up to the second
// $most          keys at once
//
// Rows: key.
// Bound: $most.
// Cost: of maintenance. A range of the index, or a scan.
MATCH (a:Applicant)
WHERE a.key > $above AND a.key <= $upto
RETURN a.key AS key ORDER BY key LIMIT $most
