import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { findOllama } from '../../src/stack/find-ollama.ts';

test('the models of an Ollama that answers are found', async () => {
  const server = createServer((_, answer) =>
    answer.end(JSON.stringify({ models: [{ name: 'llama3.1:8b', size: 1 }] })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await findOllama(url)).toEqual({ url, models: ['llama3.1:8b'] });
  await new Promise((resolve) => server.close(resolve));
  expect(await findOllama(url)).toEqual({ url, models: [] });
});
