import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AnyProvider } from '../../pipelines/index.ts';
import { listen } from '../fakes/http-double.ts';
import { toneBytes } from '../fakes/tone-bytes.ts';
import { eachRule } from '../conformance/each-rule.ts';
import { checkTtsRule, type TtsSubject, ttsRules } from '../conformance/tts-conformance.ts';

const folder = resolve('.parley/docs-example');
const page = readFileSync('docs/pipelines.md', 'utf8');
const [example = ''] = [...page.matchAll(/```ts\n(import[\s\S]*?)```/g)].map((match) => match[1] ?? '');

mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/example-tts.ts`, example.replaceAll("'../", "'../../pipelines/"));
const { exampleTts } = (await import(`${folder}/example-tts.ts`)) as { exampleTts: AnyProvider };
afterAll(() => rmSync(folder, { recursive: true }));

async function startExampleServer() {
  const behaviour = { msPerCharacter: 60, hang: false, failAfter: Infinity };
  const state = { open: 0, texts: [] as string[] };
  const server = await listen({
    request(_request, response, body) {
      state.open += 1;
      response.on('close', () => (state.open -= 1));
      if (behaviour.hang) return;
      if (state.texts.length >= behaviour.failAfter) return void response.writeHead(500).end();
      state.texts.push(body.toString());
      response.end(toneBytes(body.toString().length * behaviour.msPerCharacter, 24_000));
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, behaviour, state, close: server.close };
}

describe('the voice of docs/pipelines.md keeps the rule', () => {
  const subject: TtsSubject<Awaited<ReturnType<typeof startExampleServer>>> = {
    provider: exampleTts,
    start: startExampleServer,
    options: {},
    hang: ({ behaviour }) => (behaviour.hang = true),
    breakMidway: ({ behaviour }) => (behaviour.failAfter = 1),
    mend: ({ behaviour }) => (behaviour.failAfter = Infinity),
  };
  eachRule(ttsRules, (rule) => checkTtsRule(rule, subject));
});

test('it is checked like any other', async () => {
  const server = await startExampleServer();
  expect(await exampleTts.check({ url: server.url }, { timeoutMs: 1_000 })).toMatchObject({ ok: true });
  await server.close();
  const check = await exampleTts.check({ url: server.url }, { timeoutMs: 1_000 });
  expect(check).toMatchObject({ ok: false, message: expect.stringContaining('nothing listens') as string });
});

test('it compiles', () => {
  const project = `${folder}/tsconfig.json`;
  writeFileSync(project, JSON.stringify({ extends: '../../tsconfig.json', include: ['example-tts.ts'], exclude: [] }));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', project], { encoding: 'utf8' });
}, 60_000);
