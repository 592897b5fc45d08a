// Unique keys, each with its index. Statements end with a semicolon.
//
// Bound: three constraints, created where they are missing.
// Cost: a scan of the nodes where one is missing, otherwise nothing.
CREATE CONSTRAINT applicant_key IF NOT EXISTS FOR (a:Applicant) REQUIRE a.key IS UNIQUE;
CREATE CONSTRAINT identifier_key IF NOT EXISTS FOR (i:Identifier) REQUIRE i.key IS UNIQUE;
CREATE CONSTRAINT graph_meta_key IF NOT EXISTS FOR (m:GraphMeta) REQUIRE m.key IS UNIQUE;
