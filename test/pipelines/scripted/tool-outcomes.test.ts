import { describe, expect, it } from 'vitest';
import { createScriptedBrain, type HistoryItem } from '../../../pipelines/scripted/create-scripted-brain.ts';
import { scriptSchema } from '../../../pipelines/scripted/script.ts';

const script = scriptSchema.parse({
  tasks: [
    {
      id: 'order',
      examples: ['where is my order', 'what about my order'],
      tool: 'order-status',
      done: 'Your order {{answer.number}} is {{answer.state}}: {{answer.parts}}.',
      refused: { say: 'There is no such order: {{answer}}.' },
    },
    { id: 'hours', examples: ['when are you open', 'what are your hours'], done: 'We are open all day.' },
  ],
  unknown: 'I do not know that.',
});
const brain = createScriptedBrain(script);

const asked: HistoryItem[] = [
  { type: 'caller', text: 'where is my order' },
  { type: 'call', tool: 'order-status' },
];
const said = (...rest: HistoryItem[]) => brain.reply([...asked, ...rest]);
const result = (outcome: 'done' | 'refused' | 'failed' | 'unknown' | 'waiting', answer?: unknown): HistoryItem => ({
  type: 'result',
  tool: 'order-status',
  outcome,
  answer,
});
const answer = { number: 7, state: 'on its way', parts: ['a chair', 'a lamp'] };

describe('what comes of a tool', () => {
  it('is told with what the tool answered', () => {
    expect(said(result('done', answer)).text).toMatch(/^Your order 7 is on its way: a chair, a lamp\./);
  });

  it('is told when the server says no', () => {
    expect(said(result('refused', 'four seven is unknown here')).text).toMatch(
      /^There is no such order: four seven is unknown here\./,
    );
  });

  it('leaves out what an answer does not have, and never runs it', () => {
    expect(said(result('done', { number: '{{secret}}', state: { a: 1 } })).text).toMatch(
      /^Your order \{\{secret\}\} is : \./,
    );
    expect(said(result('done')).text).toMatch(/^Your order {2}is : \./);
  });

  it('is admitted when nobody knows, and not tried again', () => {
    const { text, toolCall } = said(result('unknown'));
    expect([text, toolCall]).toEqual([expect.stringMatching(/can not see whether that went through/), undefined]);
    const next = said(result('unknown'), { type: 'agent', text }, { type: 'caller', text: 'yes try again' });
    expect(next.toolCall).toBeUndefined();
  });

  it('is waited for in words, also when the caller speaks meanwhile', () => {
    expect(said({ type: 'caller', text: 'hello?' }).text).toBe('One moment please, I am still on it.');
    expect(
      said({ type: 'caller', text: 'hello?' }, { type: 'agent', text: 'One moment' }, result('done', answer)).text,
    ).toMatch(/^Your order 7 is on its way/);
  });

  it('is told when it comes later, and what was asked meanwhile goes on', () => {
    const later = said(result('waiting'));
    expect(later.text).toMatch(/^That takes a while\. I will tell you as soon as I know\. Is there anything else/);
    const meanwhile: HistoryItem[] = [
      result('waiting'),
      { type: 'agent', text: later.text },
      { type: 'caller', text: 'when are you open' },
      { type: 'agent', text: 'We are open all day. Is there anything else I can help with?' },
      { type: 'call', tool: 'order-status' },
    ];
    expect(said(...meanwhile, result('done', answer)).text).toBe('Your order 7 is on its way: a chair, a lamp.');
  });

  it('is known to have been told by a transcript without tools', () => {
    const heard: HistoryItem[] = [
      asked[0]!,
      { type: 'agent', text: 'Your order 7 is on its way: a chair, a lamp. Is there anything else I can help with?' },
    ];
    expect(brain.reply([...heard, { type: 'caller', text: 'no thank you' }]).toolCall?.tool).toBe('end-call');
  });
});
