import { describe, expect, it } from 'vitest';
import { scriptSchema } from '../../../pipelines/scripted/script.ts';
import { createScriptedBrain } from '../../../pipelines/scripted/create-scripted-brain.ts';
import type { HistoryItem } from '../../../pipelines/scripted/replay.ts';
import { converse, scriptedAgent } from './agent-scripts.ts';

const receptionist = await scriptedAgent('receptionist');
const reminder = await scriptedAgent('reminder');

describe('the brain', () => {
  it('gives the same answer however often it is asked', () => {
    const history: HistoryItem[] = [{ type: 'agent', text: receptionist.greeting }];
    const once = receptionist.brain.reply(history, 'Can I leave a message?');
    receptionist.brain.reply(history, 'I want to book an appointment');
    expect(receptionist.brain.reply(history, 'Can I leave a message?')).toEqual(once);
  });

  it('takes two utterances with nothing heard between them as one', () => {
    const { brain, greeting } = receptionist;
    const reply = brain.reply(
      [
        { type: 'agent', text: greeting },
        { type: 'caller', text: 'I would like to leave' },
      ],
      'a message',
    );
    expect(reply.text).toBe('Certainly. Who is calling, please?');
  });

  it('goes on after an answer that was cut off', () => {
    const reply = receptionist.brain.reply(
      [
        { type: 'agent', text: receptionist.greeting },
        { type: 'caller', text: 'Can I leave a message?' },
        { type: 'agent', text: 'Certainly. Who', interrupted: true },
      ],
      'Tom Berger',
    );
    expect(reply.text).toBe('And what number can we reach you on?');
  });

  it('reads back again when the tool never ran', () => {
    const history: HistoryItem[] = [{ type: 'agent', text: receptionist.greeting }];
    for (const [caller, agent] of [
      ['Can I leave a message?', 'Certainly. Who is calling, please?'],
      ['Tom', 'And what number can we reach you on?'],
      ['555 0123', 'What would you like me to pass on?'],
      ['The bill is wrong', 'So that is Tom, number five five five, zero one two three, and the message is: The bill'],
    ] as const) {
      history.push({ type: 'caller', text: caller }, { type: 'agent', text: agent });
    }
    history.push({ type: 'caller', text: 'yes' }, { type: 'agent', text: 'One moment, please.' });
    expect(receptionist.brain.reply(history, 'hello?').text).toMatch(/^So that is Tom/);
    expect(receptionist.brain.reply(history).toolCall).toMatchObject({ tool: 'take-message' });
  });

  it('takes a call over with a transcript that has no tools in it', () => {
    const said = ['Can I leave a message?', 'Tom', '555 0123', 'The bill is wrong', 'yes'];
    const lines = converse(receptionist, said);
    const history: HistoryItem[] = said.flatMap((text, index) => [
      { type: 'caller', text },
      { type: 'agent', text: lines[index]?.text ?? '' },
    ]);
    history.push({ type: 'agent', text: 'Sorry, we were cut off for a moment. Where were we?' });
    expect(receptionist.brain.reply(history).text).toBe('Is there anything else I can help with?');
    expect(receptionist.brain.reply(history, "no that's all").toolCall?.tool).toBe('end-call');
  });

  it('helps out for a language model in the middle of a call', () => {
    const history: HistoryItem[] = [
      { type: 'agent', text: receptionist.greeting },
      { type: 'caller', text: 'I need to leave a message for the dentist' },
      { type: 'agent', text: 'Sure thing! May I have your name first?' },
    ];
    expect(receptionist.brain.reply(history, 'Sara Connor').text).toBe('And what number can we reach you on?');
  });

  it('admits that a tool is not there rather than saying it is done', () => {
    const history: HistoryItem[] = converse(reminder, []).map(() => ({ type: 'agent', text: '' }));
    history.push({ type: 'agent', text: reminder.greeting });
    const reply = reminder.brain.reply(history, 'Yes, I will come', new Set(['end-call']));
    expect(reply).toMatchObject({ text: reminder.script.phrases.failed });
    expect(reply.toolCall).toBeUndefined();
  });

  it('refuses a script that uses a name without a value', () => {
    const script = scriptSchema.parse({ goodbye: 'Goodbye from {{clinic}}.' });
    expect(() => createScriptedBrain(script)).toThrow('{{clinic}}');
  });
});
