import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Delay, drawDelays } from './delay.ts';
import { json, listen } from './http-double.ts';

type Message = { role: string; content?: string | null; tool_calls?: unknown; tool_call_id?: string };
export type ChatBody = Record<string, unknown> & { model: string; messages: Message[] };

export type ChatReply = { text?: string; toolCalls?: { name: string; args: Record<string, unknown> }[] };

export type OpenRouterBehaviour = {
  /** Milliseconds from the request to the first word. */
  firstTokenMs: Delay;
  /** Milliseconds between two words. */
  betweenTokensMs: number;
  reply: string | ChatReply | ((body: ChatBody) => string | ChatReply);
  /** Calls this tool first, and answers once it was told what came of it. */
  callsFirst?: { name: string; args: Record<string, unknown> };
  /** USD of one answer, as the last chunk and the look-up say. */
  cost: number;
  /** The usage chunk holds a choice with an empty delta instead of none: both occur. */
  usageWithChoice: boolean;
  /** Words after which the stream stalls for ever. */
  stallAfterWords?: number;
  /** Words after which the connection breaks. */
  breakAfterWords?: number;
  /** Words after which the error comes, in a stream that began with 200. */
  midStreamErrorAfterWords?: number;
  /** Ends without a finish reason and without `[DONE]`. */
  truncate?: boolean;
  /** Answers every completion with this instead. */
  refuse?: { status: number; body?: unknown; headers?: Record<string, string> };
  /** Answers a completion that it does not take with this status and message. */
  check?: (body: ChatBody) => { status: number; says: string } | undefined;
  /** Writes the stream of an answer itself: any bytes. */
  raw?: (body: ChatBody, response: ServerResponse) => Promise<void> | void;
  /** What is left of the limit of the key, USD; null is none. */
  limitRemaining: number | null;
  /** More fields of the usage, as with a key of one's own upstream. */
  moreUsage?: Record<string, unknown>;
  /** Model that is said to have served. */
  servedModel?: string;
  /** Look-ups that answer 404 before the bill is there. */
  lookupMisses: number;
};

const models = ['openai/gpt-4.1-mini', 'llama3.1:8b'];

export type OpenRouterDouble = Awaited<ReturnType<typeof startOpenRouterDouble>>;

/** Speaks openrouter.ai's chat completions, `/key`, `/models`, `/models/…/endpoints` and `/generation`, with their traps. */
export async function startOpenRouterDouble(given: Partial<OpenRouterBehaviour> = {}) {
  const behaviour: OpenRouterBehaviour = {
    firstTokenMs: 0,
    betweenTokensMs: 0,
    reply: 'Hello, how can I help you today?',
    cost: 0.00014,
    usageWithChoice: false,
    lookupMisses: 1,
    limitRemaining: null,
    ...given,
  };
  const draw = drawDelays();
  const requests: ChatBody[] = [];
  const answers = new Map<string, { prompt: number; completion: number; model: string; misses: number }>();
  const state = { cancelled: 0, open: 0, warmed: 0, stalled: 0 };
  let count = 0;

  const complete = async (body: ChatBody, response: ServerResponse) => {
    const id = `gen-${(count += 1)}`;
    const model = behaviour.servedModel ?? body.model;
    const chosen = typeof behaviour.reply === 'function' ? behaviour.reply(body) : behaviour.reply;
    const { callsFirst } = behaviour;
    const calls = callsFirst && body.messages.at(-1)?.role === 'user';
    const said = typeof chosen === 'string' ? { text: chosen } : chosen;
    const reply: ChatReply = calls ? { toolCalls: [callsFirst] } : said;
    const words = (reply.text ?? '').match(/\S+\s*/g) ?? [];
    const prompt = Math.ceil(JSON.stringify(body.messages).length / 4);
    const answer = { prompt, completion: words.length, model, misses: 0 };
    answers.set(id, answer);
    const say = (extra: Record<string, unknown>) =>
      response.write(
        `data: ${JSON.stringify({ id, provider: 'Double', object: 'chat.completion.chunk', model, ...extra })}\n\n`,
      );
    const choice = (delta: Record<string, unknown>, finish: string | null = null) =>
      say({ choices: [{ index: 0, delta, finish_reason: finish, native_finish_reason: finish }] });
    state.open += 1;
    response.on('close', () => {
      state.open -= 1;
      if (!response.writableFinished) state.cancelled += 1;
    });
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Generation-Id': id });
    response.write(': OPENROUTER PROCESSING\n\n');
    await sleep(draw(behaviour.firstTokenMs));
    choice({ role: 'assistant', content: '' });
    for (const [index, word] of words.entries()) {
      if (response.destroyed) return;
      if (index === behaviour.stallAfterWords) {
        state.stalled += 1;
        return;
      }
      if (index === behaviour.breakAfterWords) {
        await sleep(20);
        return void response.destroy();
      }
      if (index === behaviour.midStreamErrorAfterWords) {
        const error = { code: 502, message: 'Upstream broke', metadata: { error_type: 'provider_unavailable' } };
        say({ error, choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] });
        return void response.end('data: [DONE]\n\n');
      }
      if (index > 0 && behaviour.betweenTokensMs > 0) await sleep(behaviour.betweenTokensMs);
      if (index === 1) response.write(': OPENROUTER PROCESSING\n\n');
      choice({ content: word });
    }
    for (const [index, { name, args }] of (reply.toolCalls ?? []).entries()) {
      const text = JSON.stringify(args);
      choice({
        tool_calls: [{ index, id: `call_${id}_${index}`, type: 'function', function: { name, arguments: '' } }],
      });
      for (const piece of [text.slice(0, 3), text.slice(3)])
        choice({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
    if (behaviour.truncate) return void response.end();
    choice({}, reply.toolCalls ? 'tool_calls' : 'stop');
    const usage = {
      prompt_tokens: prompt,
      completion_tokens: words.length,
      total_tokens: prompt + words.length,
      prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
      cost: behaviour.cost,
      is_byok: false,
      cost_details: { upstream_inference_cost: null },
      ...behaviour.moreUsage,
    };
    const choices = behaviour.usageWithChoice ? [{ index: 0, delta: { content: '' }, finish_reason: null }] : [];
    say({ choices, usage });
    response.end('data: [DONE]\n\n');
  };

  const server = await listen({
    async request(request, response, raw) {
      const url = new URL(request.url ?? '/', 'http://double');
      const path = url.pathname.replace('/api/v1', '');
      const refused = (status: number, message: string) => json(response, status, { error: { code: status, message } });
      if (request.headers.authorization === 'Bearer wrong') return refused(401, 'No auth credentials found');
      if (path === '/key') {
        state.warmed += 1;
        return json(response, 200, {
          data: { label: 'double', usage: 0, limit: null, limit_remaining: behaviour.limitRemaining },
        });
      }
      if (path === '/models')
        return json(response, 200, { object: 'list', data: models.map((id) => ({ id, object: 'model' })) });
      if (path.endsWith('/endpoints'))
        return path.includes('unknown')
          ? refused(404, 'Model not found')
          : json(response, 200, { data: { endpoints: [] } });
      if (path === '/generation') {
        const answer = answers.get(url.searchParams.get('id') ?? '');
        if (!answer || answer.misses < behaviour.lookupMisses) {
          if (answer) answer.misses += 1;
          return refused(404, 'Generation not found');
        }
        const { prompt, completion, model } = answer;
        const data = { id: url.searchParams.get('id'), model, total_cost: behaviour.cost, cancelled: true };
        return json(response, 200, { data: { ...data, tokens_prompt: prompt, tokens_completion: completion } });
      }
      if (path !== '/chat/completions') return refused(404, 'Not found');
      const body = JSON.parse(raw.toString()) as ChatBody;
      requests.push(body);
      const { refuse } = behaviour;
      if (refuse) {
        const error = { error: { code: refuse.status, message: `Refused with ${refuse.status}` } };
        return json(response, refuse.status, refuse.body ?? error, refuse.headers);
      }
      const objection = behaviour.check?.(body);
      if (objection) return refused(objection.status, objection.says);
      if (behaviour.raw) {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        return behaviour.raw(body, response);
      }
      if (body.model.includes('unknown')) return refused(400, `${body.model} is not a valid model ID`);
      return complete(body, response);
    },
  });
  return { url: `http://127.0.0.1:${server.port}/api/v1`, behaviour, requests, state, close: server.close };
}
