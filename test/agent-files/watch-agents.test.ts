import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadAgents } from '../../src/agent-files/load-agents.ts';
import { type AgentRegistry, watchAgents } from '../../src/agent-files/watch-agents.ts';

const known = { tools: ['end-call', 'take-message'] };
const text = (description: string) =>
  `---\ndescription: ${description}\ngreeting: Hello.\n---\nYou answer the phone.\n`;

let folder: string;
let registry: AgentRegistry | undefined;
let logged: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agents-'));
  logged = [];
  await writeFile(join(folder, 'sales.md'), text('Sells.'));
});
afterEach(async () => {
  await registry?.close();
  registry = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function watching(lookEveryMs = 60_000): Promise<AgentRegistry> {
  registry = await watchAgents(folder, {
    known,
    log: (level, message) => logged.push(`${level} ${message}`),
    settleMs: 20,
    lookEveryMs,
  });
  return registry;
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

describe('a folder of agents', () => {
  it('is read without its README and hidden files', async () => {
    await writeFile(join(folder, 'README.md'), '# Agents');
    await writeFile(join(folder, '.draft.md'), 'nothing');
    await writeFile(join(folder, '_old.md'), 'nothing');
    await writeFile(join(folder, 'notes.txt'), 'nothing');
    const { agents, problems } = await loadAgents(folder, known);
    expect(agents.map(({ name }) => name)).toEqual(['sales']);
    expect(problems).toEqual([]);
  });

  it('gives the right agents and tells of the others', async () => {
    await writeFile(join(folder, 'broken.md'), '---\ndescription: 3\n---\nprompt');
    const { agents, problems } = await loadAgents(folder, known);
    expect(agents).toHaveLength(1);
    expect(problems.map(({ line, field }) => [line, field])).toEqual([
      [2, 'description'],
      [2, 'greeting'],
    ]);
  });

  it('gives the right agents also where a file cannot be read, is endless or multiplies itself', async () => {
    await symlink('loop.md', join(folder, 'loop.md'));
    // As a pipe, it has no end to be read to.
    const socket = createServer().listen(join(folder, 'pipe.md'));
    await once(socket, 'listening');
    await writeFile(join(folder, 'big.md'), '');
    await truncate(join(folder, 'big.md'), 2_000_000);
    const nine = (name: string) => `[${Array.from({ length: 9 }, () => `*${name}`).join(', ')}]`;
    const bomb = `a: &a [x]\nb: &b ${nine('a')}\nc: &c ${nine('b')}\nd: &d ${nine('c')}\nvariables: ${nine('d')}`;
    await writeFile(join(folder, 'bomb.md'), text('Bombs.').replace('greeting', `${bomb}\ngreeting`));
    const agents = await watching();
    socket.close();
    expect(agents.list().map(({ name }) => name)).toEqual(['sales']);
    expect(agents.problems().map(({ file, message }) => [basename(file), message])).toEqual([
      ['big.md', expect.stringContaining('has 2.0 MB, and an agent file has at most 1')],
      ['bomb.md', expect.stringContaining('Excessive alias count')],
      ['loop.md', 'cannot be read (ELOOP)'],
      ['pipe.md', 'is not a regular file'],
    ]);
  });

  it('goes on with an agent whose file cannot be read any more', async () => {
    const agents = await watching();
    const before = agents.get('sales');
    await symlink('sales.md', join(folder, '.loop'));
    await rename(join(folder, '.loop'), join(folder, 'sales.md'));
    await soon(() => expect(agents.problems()).toHaveLength(1));
    expect(agents.get('sales')).toEqual(before);
  });

  it('of this repository is without mistakes', async () => {
    const { agents, problems } = await loadAgents(join(import.meta.dirname, '../../agents'), known);
    expect(problems).toEqual([]);
    expect(agents.map(({ name }) => name)).toEqual(['booking', 'receptionist', 'reminder', 'survey']);
  });

  it('that is not there is an error', async () => {
    await expect(watchAgents(join(folder, 'missing'), { known, log: () => undefined })).rejects.toThrow('ENOENT');
  });
});

describe('while it is watched', () => {
  it('a changed file changes its agent', async () => {
    const agents = await watching();
    const before = agents.get('sales')?.version;
    await writeFile(join(folder, 'sales.md'), text('Sells more.'));
    await soon(() => expect(agents.get('sales')?.description).toBe('Sells more.'));
    expect(agents.get('sales')?.version).not.toBe(before);
    expect(logged).toEqual(['info agent sales changed']);
  });

  it('a broken file keeps the old agent and tells where the mistake is', async () => {
    const agents = await watching();
    const before = agents.get('sales');
    await writeFile(join(folder, 'sales.md'), text('Sells.').replace('greeting', 'greting'));
    await soon(() => expect(logged.length).toBeGreaterThanOrEqual(3));
    expect(agents.get('sales')).toEqual(before);
    expect(agents.problems().map(({ line }) => line)).toEqual([2, 3]);
    expect(logged).toContain(`error ${join(folder, 'sales.md')}:3 greting: is not a field; did you mean \`greeting\`?`);
    expect(logged.at(-1)).toBe(`error agent sales: version ${before?.version} goes on serving until its file is fixed`);
    await writeFile(join(folder, 'sales.md'), text('Mended.'));
    await soon(() => expect(agents.get('sales')?.description).toBe('Mended.'));
    expect(agents.problems()).toEqual([]);
  });

  it('new and removed files are noticed', async () => {
    const agents = await watching();
    await writeFile(join(folder, 'support.md'), text('Helps.'));
    await soon(() => expect(agents.list().map(({ name }) => name)).toEqual(['sales', 'support']));
    await rm(join(folder, 'sales.md'));
    await soon(() => expect(agents.list().map(({ name }) => name)).toEqual(['support']));
  });

  it('an editor that saves by renaming is followed, again and again', async () => {
    const agents = await watching();
    for (const description of ['First.', 'Second.', 'Third.']) {
      await writeFile(join(folder, '.sales.tmp'), text(description));
      await rename(join(folder, '.sales.tmp'), join(folder, 'sales.md'));
      await soon(() => expect(agents.get('sales')?.description).toBe(description));
    }
  });

  it('files behind links are followed where the system tells nothing of their change', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    await writeFile(join(elsewhere, 'real.md'), text('Linked.'));
    await symlink(join(elsewhere, 'real.md'), join(folder, 'linked.md'));
    const agents = await watching(50);
    expect(agents.get('linked')?.description).toBe('Linked.');
    await writeFile(join(elsewhere, 'real.md'), text('Changed behind the link.'));
    await soon(() => expect(agents.get('linked')?.description).toBe('Changed behind the link.'));
    await rm(elsewhere, { recursive: true });
    await soon(() => expect(agents.get('linked')).toBeUndefined());
  });

  it('a folder that vanishes keeps its agents until it is back', async () => {
    const agents = await watching(50);
    const away = `${folder}-away`;
    await cp(folder, away, { recursive: true });
    await rm(folder, { recursive: true });
    await soon(() => expect(logged.some((line) => line.includes('cannot be read, the agents stay'))).toBe(true));
    expect(agents.get('sales')?.description).toBe('Sells.');
    await mkdir(folder);
    await writeFile(join(folder, 'sales.md'), text('Back.'));
    await soon(() => expect(agents.get('sales')?.description).toBe('Back.'));
    await rm(away, { recursive: true });
    expect(logged.filter((line) => line.includes('cannot be read'))).toHaveLength(1);
  });

  it('nothing is read any more after it was closed', async () => {
    const agents = await watching(20);
    await agents.close();
    await agents.close();
    await writeFile(join(folder, 'sales.md'), text('Too late.'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(agents.get('sales')?.description).toBe('Sells.');
  });
});

describe('papers of an agent', () => {
  it('are read again when they change, and a broken one leaves the agent as it was', async () => {
    const paper = join(folder, 'prices.txt');
    await writeFile(paper, 'A cake is 20 dollars.');
    await writeFile(
      join(folder, 'sales.md'),
      text('Sells.').replace('greeting:', 'knowledge: [prices.txt]\ngreeting:'),
    );
    const agents = await watching();
    const hash = () => agents.get('sales')?.papers?.[0]?.hash;
    const first = hash();
    expect(first).toBeDefined();
    await writeFile(paper, 'A cake is 30 dollars.');
    await soon(() => expect(hash()).not.toBe(first));
    const second = hash();
    await writeFile(paper, Buffer.from('Ein Br\u00f6tchen', 'latin1'));
    await soon(() => expect(agents.problems().map(({ field }) => field)).toEqual(['knowledge[0]']));
    expect(hash()).toBe(second);
    await writeFile(paper, 'A cake is 40 dollars.');
    await soon(() => expect(agents.problems()).toEqual([]));
    expect(hash()).not.toBe(second);
  });
});
