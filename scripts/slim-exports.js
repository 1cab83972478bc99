// Run by npm after an install. Node parses the `exports` of a package anew for every file that it resolves in it, and drizzle-orm lists
// each of its 447 inner files there, in 179 kB: that was half of the time in which each of Parley's processes started. What Parley and
// drizzle-kit import stays listed. A file is replaced, not written into, because package managers share files between folders by hard links.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const imported =
  /^\.(\/(node-postgres(\/migrator)?|(pg|mysql|sqlite|singlestore|gel)-core|sql|casing|relations|version))?$/;
const file = new URL('../node_modules/drizzle-orm/package.json', import.meta.url);
try {
  const description = JSON.parse(readFileSync(file, 'utf8'));
  description.exports = Object.fromEntries(Object.entries(description.exports).filter(([name]) => imported.test(name)));
  const slim = new URL('package.json.slim', file);
  writeFileSync(slim, JSON.stringify(description));
  renameSync(slim, file);
} catch (error) {
  // Everything works without it, only slower to start.
  process.stderr.write(`parley: the exports of drizzle-orm stay as they are: ${String(error)}\n`);
}
