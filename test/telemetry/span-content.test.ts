import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { arrangeContent } from '../../src/telemetry/span-content.ts';

const span = (name: string, attributes: Record<string, string | number>) => ({
  name,
  attributes: { ...attributes },
  events: [
    {
      name: 'exception',
      time: [0, 0] as [number, number],
      attributes: { 'exception.type': 'Error', 'exception.message': 'Ann', 'exception.stacktrace': 'Ann' },
    },
  ],
  status: { code: SpanStatusCode.ERROR, message: 'Ann' },
});

describe('the words on a span', () => {
  it('stand where Langfuse shows them, and once', () => {
    const turn = span('agent_turn', {
      'lk.pii.user_input': 'Hi',
      'lk.pii.response.text': 'Hello',
      'lk.speech_id': 's',
    });
    arrangeContent(turn, { content: true });
    expect(turn.attributes).toEqual({
      'langfuse.observation.input': 'Hi',
      'langfuse.observation.output': 'Hello',
      'lk.speech_id': 's',
    });
    expect(turn.events[0]?.attributes['exception.message']).toBe('Ann');
  });

  it('are the newest of a conversation that has become long', () => {
    const message = (index: number) => ({
      role: 'user',
      parts: [{ type: 'text', content: `${index} ${'x'.repeat(500)}` }],
    });
    const history = Array.from({ length: 200 }, (_, index) => message(index));
    const request = span('llm_request', { 'gen_ai.input.messages': JSON.stringify(history) });
    arrangeContent(request, { content: true });
    const kept = JSON.parse(String(request.attributes['gen_ai.input.messages'])) as typeof history;
    expect(JSON.stringify(kept).length).toBeLessThan(33_000);
    expect(kept.at(-1)).toEqual(message(199));
    expect(kept.length).toBeGreaterThan(40);
  });

  it('are gone without content, wherever they stood, and so is what nobody allowed', () => {
    const request = span('llm_request', {
      'gen_ai.input.messages': 'Ann',
      'gen_ai.output.messages': 'Ann',
      'gen_ai.system_instructions': 'Ann',
      'gen_ai.tool.definitions': 'Ann',
      'gen_ai.tool.call.arguments': 'Ann',
      'langfuse.observation.input': 'Ann',
      'langfuse.trace.input': 'Ann',
      'lk.pii.chat_ctx': 'Ann',
      'lk.participant_id': 'Ann',
      'parley.call.phone_number': 'Ann',
      'something.new': 'Ann',
      'gen_ai.usage.cost': 0.1,
      'gen_ai.tool.name': 'take_message',
      'lk.response.ttft': 0.3,
    });
    arrangeContent(request, { content: false });
    expect(request.attributes).toEqual({
      'gen_ai.usage.cost': 0.1,
      'gen_ai.tool.name': 'take_message',
      'lk.response.ttft': 0.3,
    });
    expect(JSON.stringify(request)).not.toContain('Ann');
    expect(request.events[0]?.attributes).toEqual({ 'exception.type': 'Error' });
  });
});
