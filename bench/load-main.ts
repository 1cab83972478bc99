import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { LoadAnswer, LoadOrder, LoadRequest } from './load.ts';

process.once('message', (order: LoadOrder) => {
  void send(order).then((answers) => {
    process.send?.(answers, () => process.disconnect?.());
  });
});

/**
 * Each request has a moment at which it is to be sent, whether or not the earlier ones were answered, and its time counts from that
 * moment: what a slow answer holds up is not left out.
 */
async function send({ url, perSecond, requests }: LoadOrder): Promise<LoadAnswer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const startMs = performance.now() + 50;
  const answers: Promise<LoadAnswer>[] = [];
  for (const [index, wanted] of requests.entries()) {
    const dueMs = startMs + (perSecond === 'at once' ? 0 : (1000 * index) / perSecond);
    while (performance.now() < dueMs) await delay(Math.max(0, dueMs - performance.now()));
    answers.push(answerOf({ url, agent, wanted, dueMs }));
  }
  const all = await Promise.all(answers);
  agent.destroy();
  return all;
}

function answerOf(asked: { url: string; agent: Agent; wanted: LoadRequest; dueMs: number }): Promise<LoadAnswer> {
  const { url, agent, wanted, dueMs } = asked;
  const dueAtMs = performance.timeOrigin + dueMs;
  return new Promise((resolve) => {
    const end = (status: number, text: string) => resolve({ status, dueAtMs, ms: performance.now() - dueMs, text });
    const fail = () => end(0, '');
    const sent = request(url, { method: 'POST', agent, headers: wanted.headers, timeout: 60_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => end(response.statusCode ?? 0, text));
      response.on('error', fail);
    });
    sent.on('error', fail);
    sent.on('timeout', () => sent.destroy());
    sent.end(wanted.body);
  });
}
