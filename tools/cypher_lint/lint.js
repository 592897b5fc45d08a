// Lints every statement of the directories given, as Neo4j reads it: with its planner hints.
// Prints file, place and message of each finding; the exit code is 1 if there is one.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { lintCypherQuery } = createRequire(import.meta.url)('@neo4j-cypher/language-support');

const HINT = '//neo4j ';
const SCHEMA = {
  labels: ['Applicant', 'Identifier', 'GraphMeta'],
  relationshipTypes: ['USES', 'GUARANTEED_BY', 'REFERRED_BY', 'CONTACT'],
};

// Lines keep their places, so that findings name the line in the file.
function asNeo4jReadsIt(text) {
  const lines = text.split('\n').map((line) => {
    if (line.startsWith(HINT)) return line.slice(HINT.length);
    return line.startsWith('//') ? '' : line;
  });
  return lines.join('\n');
}

function parametersOf(text) {
  return Object.fromEntries([...text.matchAll(/\$(\w+)/g)].map((match) => [match[1], null]));
}

let findings = 0;
let files = 0;
for (const directory of process.argv.slice(2)) {
  for (const name of readdirSync(directory).filter((name) => name.endsWith('.cypher')).sort()) {
    const text = asNeo4jReadsIt(readFileSync(join(directory, name), 'utf-8'));
    files += 1;
    for (const defaultLanguage of ['CYPHER 5', 'CYPHER 25']) {
      const schema = { ...SCHEMA, defaultLanguage, parameters: parametersOf(text) };
      for (const { message, range } of lintCypherQuery(text, schema).diagnostics) {
        const place = `${range.start.line + 1}:${range.start.character + 1}`;
        console.log(`${join(directory, name)}:${place}: ${message} (${defaultLanguage})`);
        findings += 1;
      }
    }
  }
}
console.log(`${files} files of statements linted, ${findings} findings`);
process.exitCode = findings > 0 || files === 0 ? 1 : 0;
