import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { tools } from '../../src/http/mcp/tools.ts';

const text = await readFile(new URL('../../docs/mcp.md', import.meta.url), 'utf8');

test('docs/mcp.md lists every tool with its scope, and no other', () => {
  const listed = [...text.matchAll(/^\| `(\w+)` \| `([\w:]+)` \|/gm)].map(([, name, scope]) => ({ name, scope }));
  expect(listed).toEqual(tools.map(({ definition, scope }) => ({ name: definition.name, scope })));
});

test('docs/mcp.md names the longest wait', () => {
  const get = tools.find(({ definition }) => definition.name === 'get_call');
  const wait = get?.definition.inputSchema.properties?.['wait_seconds'] as { maximum: number } | undefined;
  expect(text).toContain(`\`wait_seconds\` (at most ${wait?.maximum})`);
});
