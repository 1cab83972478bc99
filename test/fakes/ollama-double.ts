import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { json, listen } from './http-double.ts';
import type { ChatReply } from './openrouter-double.ts';

type OllamaBody = {
  model: string;
  messages: Record<string, unknown>[];
  stream?: boolean;
  keep_alive?: unknown;
  options?: Record<string, unknown>;
  think?: boolean;
  tools?: unknown[];
};

export type OllamaBehaviour = {
  firstTokenMs: number;
  betweenTokensMs: number;
  reply: string | ChatReply | ((body: OllamaBody) => string | ChatReply);
  models: string[];
  /** Milliseconds to load a model that is not loaded. */
  loadMs: number;
  stallAfterWords?: number;
  breakAfterWords?: number;
  /** Words after which an `error` line comes, and then nothing. */
  midStreamErrorAfterWords?: number;
  refuse?: { status: number; error: string; headers?: Record<string, string> };
  /** The whole prompt was cached: its count is left out. */
  cachedPrompt?: boolean;
};

export type OllamaDouble = Awaited<ReturnType<typeof startOllamaDouble>>;

/** Speaks Ollama's own `/api/chat`: one JSON object per line, tool calls whole, and arguments as objects. */
export async function startOllamaDouble(given: Partial<OllamaBehaviour> = {}) {
  const behaviour: OllamaBehaviour = {
    firstTokenMs: 0,
    betweenTokensMs: 0,
    reply: 'Hello, how can I help you today?',
    models: ['llama3.1:8b'],
    loadMs: 0,
    ...given,
  };
  const requests: OllamaBody[] = [];
  const loads: OllamaBody[] = [];
  const state = { open: 0, cancelled: 0 };
  let loaded = '';

  const complete = async (body: OllamaBody, response: ServerResponse) => {
    const chosen = typeof behaviour.reply === 'function' ? behaviour.reply(body) : behaviour.reply;
    const reply = typeof chosen === 'string' ? { text: chosen } : chosen;
    const words = (reply.text ?? '').match(/\S+\s*/g) ?? [];
    const say = (line: Record<string, unknown>) =>
      response.write(`${JSON.stringify({ model: body.model, created_at: new Date().toISOString(), ...line })}\n`);
    state.open += 1;
    response.on('close', () => {
      state.open -= 1;
      if (!response.writableFinished) state.cancelled += 1;
    });
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' }).flushHeaders();
    await sleep(behaviour.firstTokenMs);
    for (const [index, word] of words.entries()) {
      if (response.destroyed) return;
      if (index === behaviour.stallAfterWords) return;
      if (index === behaviour.midStreamErrorAfterWords)
        return void response.end(`${JSON.stringify({ error: 'llama runner process has terminated' })}\n`);
      if (index === behaviour.breakAfterWords) {
        await sleep(20);
        return void response.destroy();
      }
      if (index > 0 && behaviour.betweenTokensMs > 0) await sleep(behaviour.betweenTokensMs);
      say({ message: { role: 'assistant', content: word }, done: false });
    }
    const calls = (reply.toolCalls ?? []).map(({ name, args }, index) => ({
      id: `call_${index}`,
      function: { index, name, arguments: args },
    }));
    if (calls.length > 0) say({ message: { role: 'assistant', content: '', tool_calls: calls }, done: false });
    const counts = { ...(!behaviour.cachedPrompt && { prompt_eval_count: 26 }), eval_count: words.length };
    say({ message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', total_duration: 1, ...counts });
    response.end();
  };

  const server = await listen({
    async request(request, response, raw) {
      if (request.method !== 'POST' || request.url !== '/api/chat') return json(response, 404, { error: 'not found' });
      const body = JSON.parse(raw.toString()) as OllamaBody;
      if (behaviour.refuse) {
        const { status, error, headers } = behaviour.refuse;
        return json(response, status, { error }, headers);
      }
      if (!behaviour.models.includes(body.model))
        return json(response, 404, { error: `model '${body.model}' not found` });
      const version = `${body.model} ${JSON.stringify(body.options?.['num_ctx'])}`;
      if (loaded !== version) await sleep(behaviour.loadMs);
      loaded = version;
      if (body.messages.length > 0) {
        requests.push(body);
        return complete(body, response);
      }
      loads.push(body);
      return json(response, 200, {
        model: body.model,
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: 'load',
      });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, behaviour, requests, loads, state, close: server.close };
}
