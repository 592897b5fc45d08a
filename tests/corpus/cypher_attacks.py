"""What somebody might try through the Cypher window. Each is refused, and says where and why.

``REFUSED``: never reaches a store. ``STOPPED``: is a statement that may be made, and does not end
or grows without end; it is stopped by time or memory, and nothing else suffers.
"""

from __future__ import annotations

_A = "MATCH (a:Applicant) "

WRITES = (
    "CREATE (n:Applicant {key: 'x'}) RETURN n",
    "MERGE (n:Applicant {key: 'x'}) RETURN n",
    _A + "SET a.fraud_at = 1 RETURN a",
    _A + "SET a:Identifier RETURN a",
    _A + "REMOVE a.fraud_at RETURN a",
    _A + "DELETE a",
    _A + "DETACH DELETE a",
    _A + "NODETACH DELETE a",
    _A + "DETACH DELETE a RETURN count(*)",
    _A + "FOREACH (x IN [1] | SET a.at = x) RETURN a",
    _A + "CREATE (a)-[:USES]->(:Identifier) RETURN a",
    _A + "WITH a MERGE (a)-[:USES]->(b) RETURN b",
    "INSERT (n:Applicant) RETURN n",
    "OPTIONAL MATCH (a) SET a.x = 1 RETURN a",
    "UNWIND [1] AS x CREATE (n {key: x}) RETURN n",
    "CREATE CONSTRAINT c FOR (a:Applicant) REQUIRE a.key IS UNIQUE",
    "DROP CONSTRAINT applicant_key",
    "CREATE INDEX i FOR (a:Applicant) ON (a.at)",
    "DROP INDEX i",
    "CREATE USER mallory SET PASSWORD 'x'",
    "ALTER USER neo4j SET PASSWORD 'x'",
    "DROP DATABASE neo4j",
    "GRANT ROLE admin TO mallory",
    "RETURN 1 AS x; " + _A + "DELETE a",
    "RETURN 1 AS x;",
)
FILES = (
    "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "LOAD CSV WITH HEADERS FROM 'file:///etc/passwd' AS row RETURN row",
    "LOAD CSV FROM 'http://169.254.169.254/latest/meta-data' AS row RETURN row",
    _A + "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    _A + "WITH a LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "load csv from 'file:///etc/passwd' as row return row",
    "LoAd\nCsV\tFROM 'file:///etc/passwd' AS row RETURN row",
    "LOAD/**/CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "USING PERIODIC COMMIT 10 LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "RETURN file('/etc/passwd') AS x",
    "RETURN linenumber() AS x",
)
PROCEDURES = (
    "CALL dbms.listConfig()",
    "CALL dbms.listConfig() YIELD name RETURN name",
    "CALL db.labels() YIELD label RETURN label",
    "CALL dbms.security.listUsers()",
    "CALL apoc.load.json('file:///etc/passwd') YIELD value RETURN value",
    "CALL dbms.killQueries(['x'])",
    _A + "CALL db.labels() YIELD label RETURN label",
    "CALL { MATCH (a) RETURN a } RETURN a",
    "CALL { MATCH (a) DELETE a } IN TRANSACTIONS",
    _A + "CALL (a) { SET a.x = 1 } RETURN a",
    "RETURN apoc.text.join(['a'], 'b') AS x",
    "RETURN gds.version() AS x",
    "RETURN dbms.queryId() AS x",
    "SHOW TRANSACTIONS",
    "SHOW SETTINGS YIELD name, value RETURN name, value",
    "SHOW USERS",
    "TERMINATE TRANSACTION 'neo4j-transaction-1'",
    "USE system SHOW DATABASES",
    "USE neo4j MATCH (a) RETURN a",
    "PROFILE MATCH (a) RETURN a",
    "EXPLAIN MATCH (a) RETURN a",
    "CYPHER runtime=parallel MATCH (a) RETURN a",
    "CYPHER 25 MATCH (a) RETURN a",
    "START a=node(*) RETURN a",
    "FOR VALID_TIME AS OF '2020-01-01' MATCH (a) RETURN a",
    "RETURN id(1) AS x",
    "RETURN text_score('a', 'b') AS x",
    "RETURN randomUUID() AS x",
)
TRICKS = (
    "MATCH (a) // a comment\nDELETE a",
    "MATCH (a) /* RETURN a */ DELETE a",
    "RETURN 1 AS x // ; DELETE",
    "RETURN 1 AS x /* */",
    "MATCH (`a`) RETURN a",
    "MATCH (a:`Applicant`) RETURN a",
    "MATCH (a:`Applicant`) DETACH DELETE a",
    "MATCH (a) \\u0044ELETE a",
    "M\\u0041TCH (a) RETURN a",
    "RETURN '\\u0027 + 1 //' AS x",
    "RETURN 'it\\'s' AS x",
    "RETURN 'a\nb' AS x",
    "RETURN 'a",
    "RETURN \"a' AS x",
    "\uff2d\uff21\uff34\uff23\uff28 (a) RETURN a",
    "MATCH\u00a0(a) RETURN a",
    "MATCH (a) RETURN\u200ba",
    "MATCH (\u0430) RETURN \u0430",
    "MATCH (a)\x00DELETE a",
    "MATCH (a)\x0bDELETE a",
    "RETURN '\u202e' AS x",
    "MATCH (call) RETURN call",
    "MATCH (a) RETURN a AS `x; DROP`",
    "MATCH (a) RETURN a.key AS delete",
    "MATCH (a {key: $key}) RETURN a",
    "MATCH (a:$label) RETURN a",
    "MATCH (a:Secret) RETURN a",
    "MATCH (a:Applicant&Identifier) RETURN a",
    "MATCH (a:!Applicant) RETURN a",
    "MATCH (a)-[:OWNS]->(b) RETURN a",
    "MATCH (a WHERE a.at > 1) RETURN a",
    "MATCH (a) RETURN *",
    "MATCH (a) RETURN a.key AS k, a.at AS k",
    "MATCH (a) RETURN a {.*} AS x",
    "MATCH (a) RETURN a UNION MATCH (b) DELETE b",
    "MATCH (a) RETURN a UNION ALL MATCH (b) RETURN b",
    "MATCH (a) RETURN a.key LIMIT 1 RETURN 2",
    "MATCH (a) RETURN a LIMIT $n",
    "MATCH (a) RETURN a LIMIT 1 + 1",
    "MATCH (a) WHERE EXISTS { CREATE (b) } RETURN a",
    "MATCH (a) WHERE COUNT { (a)--() } > 1 RETURN a",
    "MATCH (a) WHERE b.key = 1 RETURN a",
    "MATCH (a) RETURN [(a)-->(b) | b.key] AS x",
    "MATCH (a) WHERE (a)--(a) RETURN a",
    "MATCH (a) WHERE (a)-[x]-(a) RETURN a",
    "",
    "MATCH (a)",
    "RETURN",
    "DELETE",
)
EXHAUSTION = (
    "MATCH (a)-[*]-(b) RETURN a",
    "MATCH (a)-[*1..]-(b) RETURN a",
    "MATCH (a)-[*..100]-(b) RETURN a",
    "MATCH (a)-[:USES*0..9]-(b) RETURN a",
    "MATCH (a)-[*3..1]-(b) RETURN a",
    "MATCH (a)-[x*1..3]-()-[y*1..3]-()-[z*1..3]-(b) RETURN a",
    "MATCH (a)-->()-->()-->()-->()-->()-->()-->()-->()-->() RETURN a",
    "MATCH ((a)-[:USES]-(b)){1,100} RETURN a",
    "MATCH (a) ((b)-[:USES]-(c))+ (d) RETURN a",
    "MATCH p = shortestPath((a)-[*]-(b)) RETURN p",
    "MATCH p = allShortestPaths((a)-[*..3]-(b)) RETURN p",
    "MATCH (a) WHERE (a)-[x*1000000]-(a) RETURN a",
    "UNWIND range(1, 1000000000) AS x RETURN x",
    "RETURN range(1, 1000000000) AS x",
    "RETURN reduce(s = '', x IN [1, 2] | s + s) AS x",
    "RETURN [x IN [1, 2] | x] AS x",
    "MATCH (a) WHERE all(x IN [1] WHERE x > 0) RETURN a",
    "MATCH (a) WHERE a.key =~ '(a+)+$' RETURN a",
    "RETURN replace('aaaa', 'a', 'aaaaaaaa') AS x",
    "RETURN split('a,b', ',') AS x",
    "UNWIND [1] AS x UNWIND [1] AS y UNWIND [1] AS z RETURN x",
    "MATCH (a) RETURN collect(a) AS x, collect(a) AS y, collect(a) AS z, collect(a) AS q",
    "MATCH (a) WITH collect(a) AS x MATCH (b) RETURN collect(x) AS y",
    "WITH 'aaaaaaaa' AS s " + "WITH s + s + s + s + s + s AS s " * 10 + "RETURN s",
    "WITH [1] AS s " + "WITH [s, s, s, s, s, s] AS s " * 10 + "RETURN s",
    "WITH 1 AS s " * 13 + "RETURN s",
    "MATCH (a) RETURN a SKIP 999999999",
    "MATCH (a) RETURN a LIMIT 1001",
    "MATCH (a) RETURN a LIMIT 99999999999999999999",
    "RETURN " + "(" * 40 + "1" + ")" * 40 + " AS x",
    "RETURN " + "NOT " * 900 + "true AS x" + " AND true" * 200,
    "RETURN " + "1 + " * 1000 + "1 AS x",
    "RETURN '" + "a" * 4_000 + "' AS x",
    "RETURN sleep(1000) AS x",
)
REFUSED = {
    f"{name}-{place}": statement
    for name, statements in (
        ("write", WRITES),
        ("file", FILES),
        ("procedure", PROCEDURES),
        ("trick", TRICKS),
        ("exhaust", EXHAUSTION),
    )
    for place, statement in enumerate(statements)
}

STOPPED = (
    "MATCH (a), (b), (c), (d), (e) RETURN count(*) AS n",
    "MATCH (a), (b), (c), (d), (e) WHERE a.key + b.key = c.key RETURN a.key",
    (
        "MATCH (a), (b), (c), (d), (e) WITH a.key AS x, b.key AS y, c.key AS z ORDER BY x, y, z "
        "RETURN collect(x) AS w"
    ),
    "MATCH (a), (b), (c), (d), (e) WITH DISTINCT a.key + b.key + c.key AS k RETURN count(*) AS n",
    "MATCH (a), (b), (c), (d), (e) RETURN collect(a.key + b.key + c.key) AS k",
    "MATCH (a), (e), (b)-[:USES*1..3]-(c), (d) RETURN max(a.at + b.at + c.at + d.at) AS n",
)

HONEST = (
    "MATCH (i:Identifier) RETURN i.kind AS kind, count(*) AS n ORDER BY n DESC, kind LIMIT 10",
    (
        "MATCH (a:Applicant)-[r:USES]->(i:Identifier) WHERE i.kind = 'device' AND NOT i.hub "
        "WITH i, count(DISTINCT a) AS n, min(r.at) AS since WHERE n >= 2 "
        "RETURN i.masked, n, since ORDER BY n DESC, since SKIP 0 LIMIT 5"
    ),
    (
        "MATCH (a:Applicant)-[:USES]->(i)<-[:USES]-(b:Applicant) WHERE a.key < b.key "
        "RETURN a.key, b.key, collect(DISTINCT i.kind) AS through ORDER BY a.key, b.key"
    ),
    "MATCH p = (a:Applicant)-[:USES*1..2]-(b) RETURN length(p) AS steps, count(*) AS n",
    (
        "MATCH (a:Applicant) OPTIONAL MATCH (a)-[:GUARANTEED_BY|REFERRED_BY]->(g) "
        "RETURN a.key, coalesce(g.kind, 'none') AS kind LIMIT 3"
    ),
    (
        "UNWIND ['phone', 'device'] AS kind MATCH (i:Identifier {kind: kind}) "
        "WITH kind, count(i) AS n RETURN kind, n, CASE WHEN n > 2 THEN 1 ELSE 0 END AS told"
    ),
    (
        "MATCH (a:Applicant) WHERE a.fraud_at IS NOT NULL OR a.status IN ['decline', 'refer'] "
        "RETURN a.status, a.at - 1 AS before, -5 AS five, a.key STARTS WITH 'dec_' AS is_decision"
    ),
    "match (a:Applicant) return labels(a)[0] as label, a limit 1",
)
