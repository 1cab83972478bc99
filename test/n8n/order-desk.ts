import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChatBody, startOpenRouterDouble } from '../fakes/openrouter-double.ts';

const agents = fileURLToPath(new URL('../dispatch/agents', import.meta.url));

/**
 * The agents of whole calls and one more, `orders`, which runs a workflow of n8n as its tool and wants to know the number of the order;
 * and the language model that all of them have.
 */
export async function openOrderDesk(n8nUrl: string) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-n8n-agents-'));
  cpSync(agents, folder, { recursive: true });
  writeFileSync(
    join(folder, 'orders.md'),
    `---
description: Says where orders are.
pipeline: cloud
greeting: Hello, this is the order desk.
tools:
  - end-call
  - name: order-status
    description: Says where an order is.
    url: ${n8nUrl}/webhook/order-status
    arguments: { number: The number of the order. }
result:
  summary: true
  fields: { number: the number of the order }
---

You answer the phone.
`,
  );
  const model = await startOpenRouterDouble({ reply: (body) => replyTo(body) });
  return {
    settings: { PARLEY_AGENTS_DIR: folder, PARLEY_TOOL_PRIVATE_HOSTS: '127.0.0.1', OPENROUTER_URL: model.url },
    async close() {
      await model.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function replyTo({ messages, ...body }: ChatBody) {
  const said = JSON.stringify(messages);
  if (said.includes('You read the transcript'))
    return JSON.stringify({ fields: { number: { value: '42', turn: 1 } }, summary: 'Asked for order 42.' });
  const { tools } = body as { tools?: unknown };
  if (!JSON.stringify(tools ?? []).includes('order_status')) return 'It is ready.';
  if (said.includes('on its way')) return 'Your order is on its way.';
  if (said.includes('waiting')) return 'I will tell you in a moment.';
  return { toolCalls: [{ name: 'order_status', args: { number: '42' } }] };
}
