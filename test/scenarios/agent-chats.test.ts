import { describe, expect, test } from 'vitest';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';
import { textParts } from '../../src/compose/compose-scenarios.ts';
import { toolSettings } from '../../src/compose/tool-settings.ts';
import { readConfig } from '../../src/config.ts';
import { knownNames } from '../../src/known-names.ts';
import { agentChats } from '../../src/scenarios/text/agent-chats.ts';

const config = readConfig({ PARLEY_LOG_LEVEL: 'silent' });
const { definitionOf, ...parts } = await textParts(config);
const chatsWith = (limits: { idleMs: number; most: number; now?: () => number }) =>
  agentChats({ ...parts, definitionOf: ({ pipeline }) => definitionOf(pipeline) }, { now: () => 0, ...limits });

const text = `---
description: Answers the phone.
greeting: Good day.
tools: [end-call]
script:
  unknown: I do not know that.
  facts:
    - { id: hours, examples: [opening hours, when are you open], answer: "Nine to five." }
---
You answer the phone.
`;
const { agent, problems } = parseAgent(text, 'desk.md', knownNames(toolSettings(config)));
if (!agent) throw new Error(JSON.stringify(problems));
const asked = { tenantId: 'default', agent, variables: {} };

describe('a conversation in writing', () => {
  test('greets, answers in turn, and ends when the caller says goodbye', async () => {
    const chats = chatsWith({ idleMs: 60_000, most: 2 });
    const { id, said, model } = await chats.open(asked);
    expect({ said, model }).toEqual({ said: ['Good day.'], model: 'scripted-llm script' });
    const both = await Promise.all([
      chats.say({ tenantId: 'default', id, text: 'When are you open?' }),
      chats.say({ tenantId: 'default', id, text: 'Thank you, goodbye.' }),
    ]);
    expect(both[0]).toMatchObject({ said: [expect.stringMatching(/^Nine to five\./)], troubles: [], endReason: null });
    expect(both[1]).toMatchObject({ endReason: 'agent_goodbye', costUsd: 0 });
    await expect(chats.say({ tenantId: 'default', id, text: 'Hello?' })).rejects.toMatchObject({
      code: 'chat_not_found',
    });
    await chats.closeAll();
  });

  test('belongs to who began it', async () => {
    const chats = chatsWith({ idleMs: 60_000, most: 2 });
    const { id } = await chats.open(asked);
    await expect(chats.say({ tenantId: 'other', id, text: 'Hello?' })).rejects.toMatchObject({
      code: 'chat_not_found',
    });
    await chats.close({ tenantId: 'other', id });
    expect((await chats.say({ tenantId: 'default', id, text: 'When are you open?' })).said).toHaveLength(1);
    await chats.closeAll();
  });

  test('is one of few at once, and is closed when nobody writes', async () => {
    let nowMs = 0;
    const chats = chatsWith({ idleMs: 60_000, most: 1, now: () => nowMs });
    const { id } = await chats.open(asked);
    nowMs = 50_000;
    await chats.say({ tenantId: 'default', id, text: 'When are you open?' });
    nowMs = 109_999;
    await expect(chats.open(asked)).rejects.toMatchObject({ code: 'capacity_full' });
    nowMs = 110_000;
    await chats.closeIdle();
    await expect(chats.say({ tenantId: 'default', id, text: 'Hello?' })).rejects.toMatchObject({
      code: 'chat_not_found',
    });
  });

  test('is refused where nobody could answer, in the words that say what is missing', async () => {
    const chats = chatsWith({ idleMs: 60_000, most: 1 });
    const cloud = { ...asked, agent: { ...agent, pipeline: 'cloud' } };
    await expect(chats.open(cloud)).rejects.toMatchObject({ code: 'pipeline_not_configured' });
    expect((await chats.open(asked)).said).toEqual(['Good day.']);
    await chats.closeAll();
  });
});
