import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pageRoutes } from '../../src/http/routes/page.ts';

const app = pageRoutes({ pageFolder: fileURLToPath(new URL('../../src/web/public', import.meta.url)) });

/** What a browser fetches for the first view, from the document on: modules that are imported at once, styles and pictures. */
async function filesOf(start: string): Promise<string[]> {
  const found = new Set<string>();
  const open = [start];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    const text = await (await app.request(next)).text();
    const named = next.endsWith('.js')
      ? [...text.matchAll(/^(?:import|export)[^;]*?from '([^']+)';/gm), ...text.matchAll(/^import '([^']+)';/gm)]
      : [...text.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)];
    open.push(...named.map(([, path]) => new URL(path!, `http://page${next}`).pathname));
  }
  return [...found];
}

async function compressedBytes(path: string): Promise<number> {
  const answer = await app.request(path, { headers: { 'Accept-Encoding': 'gzip' } });
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  return (await answer.arrayBuffer()).byteLength;
}

/** Each view as it is imported by the table of views. */
async function viewFiles(): Promise<string[]> {
  const table = await readFile(new URL('../../src/web/public/shell/views.js', import.meta.url), 'utf8');
  return [...table.matchAll(/import\('\.\.\/([^']+)'\)/g)].map(([, path]) => `/${path}`);
}

test('all views together weigh less than 200 kB compressed, and none loads the LiveKit client before a call', async () => {
  const views = await viewFiles();
  expect(views).toHaveLength(10);
  const files = new Set((await Promise.all(['/', ...views].map(filesOf))).flat());
  expect(files).toContain('/parts/element.js');
  expect(files).not.toContain('/vendor/livekit-client.js');
  const sizes = await Promise.all([...files].map(compressedBytes));
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(200_000);
});

test('the LiveKit client is one minified module with what the page uses of it', async () => {
  expect(await compressedBytes('/vendor/livekit-client.js')).toBeLessThan(180_000);
  const text = await (await app.request('/vendor/livekit-client.js')).text();
  const exported = /export const \{ (.+) \} = globalThis\.LivekitClient;/.exec(text)?.[1]?.split(', ');
  const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Record<string, unknown>;
  expect(exported?.filter((name) => module[name] === undefined)).toEqual([]);
  expect(exported).toContain('Room');
});

test('what did not change is not sent again', async () => {
  const first = await app.request('/parts/element.js', { headers: { 'Accept-Encoding': 'gzip' } });
  const again = await app.request('/parts/element.js', {
    headers: { 'Accept-Encoding': 'gzip', 'If-None-Match': first.headers.get('etag') ?? '' },
  });
  expect(again.status).toBe(304);
});
