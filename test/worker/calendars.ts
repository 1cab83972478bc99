import { setTimeout as sleep } from 'node:timers/promises';
import type { llm } from '@livekit/agents';
import { isStillRunning } from '../../pipelines/index.ts';
import { aTool } from '../calls/tools/a-tool.ts';
import { json, listen } from '../fakes/http-double.ts';

/** A server that books, and takes its time. */
export async function aCalendar(takesMs: number, status = 201) {
  const keys: string[] = [];
  const { port, close } = await listen({
    async request(request, response) {
      keys.push(String(request.headers['idempotency-key']));
      await sleep(takesMs);
      json(response, status, { number: 7 });
    },
  });
  return { keys, close, tool: aTool({ url: `http://127.0.0.1:${port}/`, say: 'I am booking it.' }) };
}

/** A server that answers 202, and what it is for later. */
export async function aSlowCalendar(answer: (id: string, token: string) => Promise<unknown>, afterMs: number) {
  const { port, close } = await listen({
    async request(request, response) {
      json(response, 202, {});
      const resume = new URL(String(request.headers['parley-resume-url']));
      await sleep(afterMs);
      await answer(resume.pathname.split('/')[2]!, resume.searchParams.get('token')!);
    },
  });
  return { close, tool: aTool({ url: `http://127.0.0.1:${port}/`, answer: { path: 'number' } }) };
}

/** A model that books until it is told that it has: it remembers nothing but the conversation. */
export function books(chatCtx: llm.ChatContext) {
  const answer = chatCtx.items.findLast((item) => item.type === 'function_call_output' && !isStillRunning(item));
  if (answer?.type !== 'function_call_output') return { tools: [{ name: 'book', args: { day: 'Tuesday' } }] };
  if (answer.output.includes('"waiting"')) return { text: 'I will tell you when it is booked.' };
  return { text: answer.isError ? 'That did not work.' : 'It is booked under number seven.' };
}
