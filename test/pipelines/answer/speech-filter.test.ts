import { describe, expect, test } from 'vitest';
import { SpeechFilter } from '../../../pipelines/answer/speech-filter.ts';
import { ToolTable } from '../../../pipelines/answer/tool-table.ts';
import { toolsForTest } from './tools-for-test.ts';

const tools = new ToolTable(toolsForTest);

/** Reads a text cut into pieces of so many characters each, in turn. */
function read(text: string, sizes: readonly number[]) {
  const filter = new SpeechFilter(tools);
  let speech = '';
  const calls: unknown[] = [];
  const add = (understood: ReturnType<SpeechFilter['push']>) => {
    speech += understood.speech;
    for (const { name, args } of understood.calls) calls.push([name, JSON.parse(tools.argumentsOf(name, args))]);
  };
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    add(filter.push(text.slice(at, at + size)));
    at += size;
  }
  add(filter.end());
  return { speech: speech.replace(/\s+/g, ' ').trim(), calls };
}

const cuts = [[1], [2], [3], [7], [1, 5, 2], [4, 1], [10_000]];
const message = { message: 'Call me back.' };
const json = JSON.stringify({ name: 'take_message', parameters: message });

describe('what is speech stays as it is', () => {
  test.each([
    'We are open from nine to five.',
    'It is 3 < 5 and 7 > 2, is it not?',
    'I love it <3 really.',
    'Take your message to the desk, and end the call there.',
    'Hello {name}, [Anna] how are you?',
    'It is (for now) 5 * 3, [1] for yes, press [2] for no.',
    'My answer is: yes. My response: no. A thought: maybe.',
    'The pause (pauses cost nothing) is over it.',
    'Say "functions" or function, user: nobody.',
    'An assistant analysis is an agent of a model.',
    'Agents are people. AI is not.',
    'Is x<y here? Yes.',
    'It is 5 * 3, or 5*3, or - 4 #2.',
    'Prices: 5, 6\nand 7.',
  ])('%s', (text) => {
    for (const sizes of cuts) expect(read(text, sizes).speech, String(sizes)).toBe(text.replace(/\s+/g, ' '));
  });
});

const thoughts: [string, string, string][] = [
  ['at the start', '<think>They want hours.</think>We are open.', 'We are open.'],
  ['in the middle', 'Hello. <think>Hm, so.\n\nWell.</think>We are open.', 'Hello. We are open.'],
  ['with another tag', '<thinking>They want < 5 hours.</thinking>\n\nWe are open.', 'We are open.'],
  ['with a closing tag of another name', '<thinking>So.</think>We are open.', 'We are open.'],
  ['with attributes', '<think time="3">So.</think>We are open.', 'We are open.'],
  ['in capitals', '<THINK>So.</THINK>We are open.', 'We are open.'],
  ['as a reflection', '<reflection>So.</reflection>We are open.<scratchpad>x</scratchpad>', 'We are open.'],
  ['of Magistral', '[THINK]So.[/THINK]We are open.', 'We are open.'],
  ['of Kimi', '◁think▷So.◁/think▷We are open.', 'We are open.'],
  ['of Cohere', '<|START_THINKING|>So.<|END_THINKING|><|START_RESPONSE|>We are open.<|END_RESPONSE|>', 'We are open.'],
  [
    'in channels',
    '<|channel|>analysis<|message|>They want hours.<|end|><|start|>assistant<|channel|>final<|message|>We are open.<|return|>',
    'We are open.',
  ],
  ['in channels whose tokens were dropped', 'analysisThey want hours.assistantfinalWe are open.', 'We are open.'],
  ['of Gemma', '<|channel>thought\nSo.<channel|>We are open.', 'We are open.'],
  ['with a label', 'Thought: They want hours.\nFinal Answer: We are open.', 'We are open.'],
  ['with a label in bold', '**Reasoning:** They want hours. **Answer:** We are open.', 'We are open.'],
  ['that never ends', 'We are open. <think>And then, and then', 'We are open.'],
];

describe('a thought is not heard', () => {
  test.each(thoughts)('%s', (_what, text, speech) => {
    for (const sizes of cuts) expect(read(text, sizes), String(sizes)).toEqual({ speech, calls: [] });
  });

  test('before a lone closing tag, where it came in one piece', () => {
    const filter = new SpeechFilter(tools);
    expect(filter.push('I should tell them.</think>\n\nWe are open.').speech.trim()).toBe('We are open.');
    expect(filter.closedThought).toBe(true);
  });

  test('of two megabytes, at the cost of a few kilobytes', () => {
    const filter = new SpeechFilter(tools);
    filter.push('<think>');
    const piece = 'and then, and so on, '.repeat(500);
    for (let count = 0; count < 200; count += 1) expect(filter.push(piece).speech).toBe('');
    expect(filter.push('</think>Hello.').speech).toBe('Hello.');
  });
});

describe('tokens, elements, Markdown and code are not heard', () => {
  test.each([
    ['the end of a turn', 'We are open.<|im_end|>', 'We are open.'],
    ['what follows the end', 'We are open.<|im_end|>\n<|im_start|>user\nAnd on Sunday?<|im_end|>', 'We are open.'],
    ['a beginning', '<|im_start|>assistant\nWe are open.', 'We are open.'],
    ['Llama', '<|start_header_id|>assistant<|end_header_id|>\n\nWe are open.<|eot_id|>', 'We are open.'],
    ['Gemma', '<start_of_turn>model\nWe are open.<end_of_turn>', 'We are open.'],
    ['Mistral', '<s>[INST]We are open.[/INST]</s>', 'We are open.'],
    ['a label', 'Assistant: We are open.', 'We are open.'],
    ['the other speaker', 'We are open.\nUser: And on Sunday?\nAssistant: No.', 'We are open.'],
    ['HTML', '<p>We <b>are</b> open.</p><br/><p class="x">Till five.</p>', 'We are open. Till five.'],
    ['a link', 'We are <a href="https://example.invalid/a?b=1">open</a>.', 'We are open.'],
    ['a script', '<script>if (a < b) alert("x")</script>We are open.<!-- no -- more -->', 'We are open.'],
    ['a page', '<!DOCTYPE html><html><head><title>502</title></head><body>We are open.</body></html>', 'We are open.'],
    ['code', 'We are open.\n```python\nprint("no")\n```\n', 'We are open.'],
    ['JSON', '{"answer": {"a": [1, 2, "}"]}} We are open.', 'We are open.'],
    ['emphasis', '**We are** open, *every* __day__, ***really***.', 'We are open, every __day__, really.'],
    ['a heading', '## Hours\nWe are open.\n### More\nTill five.', 'Hours We are open. More Till five.'],
    ['bullets', '- Monday\n- Friday\n* Sunday\n• never', 'Monday Friday Sunday never'],
    ['emoji', 'We are open 👍🏽 👨‍👩‍👧 🇩🇪!', 'We are open !'],
    [
      'stage directions',
      '*clears throat* We are (smiling warmly) open. [pause] Come by. (Laughs)',
      'We are open. Come by.',
    ],
    ['sources', 'We are open.[1][2] Daily【3†source】, too [4].', 'We are open. Daily, too .'],
    ['a label of an answer', '**Final Answer:** We are open.', 'We are open.'],
    ['a heading as a label', '### Response:\nWe are open.\n### Instruction:\nGo on.', 'We are open.'],
    ['an answer as JSON', '{"response": "We are open.", "confidence": 0.9}', 'We are open.'],
    ['DeepSeek', 'We are open.<｜end▁of▁sentence｜><｜User｜>And on Sunday?', 'We are open.'],
    ['Phi', '<|assistant|>We are open.<|end|><|user|>And on Sunday?', 'We are open.'],
    ['an observation', 'We are open.\nObservation: the caller is pleased.', 'We are open.'],
    ['half characters', 'We are\ud83d open\udc4d.\ufffd\u0000', 'We are open.'],
  ])('%s', (_what, text, speech) => {
    for (const sizes of cuts) expect(read(text, sizes), String(sizes)).toEqual({ speech, calls: [] });
  });
});

describe('a call of a tool that was written as text is that call', () => {
  test.each([
    ['JSON', json],
    ['JSON over lines', JSON.stringify({ name: 'take_message', arguments: message }, null, 2)],
    [
      'the OpenAI shape',
      JSON.stringify({ type: 'function', function: { name: 'take_message', arguments: JSON.stringify(message) } }),
    ],
    ['a list', `[${json}]`],
    ['an element', `<tool_call>\n${json}\n</tool_call>`],
    ['an element that does not end', `<tool_call>${json}`],
    ['a fence', `\`\`\`json\n${json}\n\`\`\``],
    ['Mistral', `[TOOL_CALLS][${json}]`],
    ['Mistral, newer', `[TOOL_CALLS]take_message[ARGS]${JSON.stringify(message)}`],
    ['Llama', `<|python_tag|>${json}<|eom_id|>`],
    ['Llama as a function', `<function=take_message>${JSON.stringify(message)}</function>`],
    [
      'Qwen coder',
      '<tool_call><function=take_message><parameter=message>\nCall me back.\n</parameter></function></tool_call>',
    ],
    [
      'Anthropic',
      '<function_calls><invoke name="take_message"><parameter name="message">Call me back.</parameter></invoke></function_calls>',
    ],
    [
      'Harmony',
      `<|channel|>commentary to=functions.take_message <|constrain|>json<|message|>${JSON.stringify(message)}<|call|>`,
    ],
    ['Python', 'take_message(message="Call me back.")'],
    ['Python in a fence', "```tool_code\nprint(take_message(message='Call me back.'))\n```"],
    [
      'DeepSeek',
      `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>take_message\n\`\`\`json\n${JSON.stringify(message)}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    ],
    [
      'Kimi',
      `<|tool_calls_section_begin|><|tool_call_begin|>functions.take_message:0<|tool_call_argument_begin|>${JSON.stringify(message)}<|tool_call_end|><|tool_calls_section_end|>`,
    ],
    ['Kimi without its tokens', `functions.take_message:0${JSON.stringify(message)}`],
    ['GLM', '<tool_call>take_message\n<arg_key>message</arg_key>\n<arg_value>Call me back.</arg_value>\n</tool_call>'],
    ['a thought and an action', `Thought: I keep it.\nAction: take_message\nAction Input: ${JSON.stringify(message)}`],
    ['a name and JSON', `take_message ${JSON.stringify(message)}`],
    ['an action', `Action: take_message\nAction Input: ${JSON.stringify(message)}`],
    ['the name as the key', JSON.stringify({ take_message: message })],
    ['a hyphen', json.replace('take_message', 'take-message')],
    ['a namespace', json.replace('take_message', 'functions.take_message')],
  ])('%s', (_what, text) => {
    for (const sizes of cuts)
      expect(read(text, sizes), String(sizes)).toEqual({
        speech: expect.not.stringMatching(/[\p{L}\p{N}]/u),
        calls: [['take_message', message]],
      });
  });

  test('after words that are spoken', () => {
    for (const sizes of cuts)
      expect(read(`I will keep that. ${json}`, sizes)).toEqual({
        speech: 'I will keep that.',
        calls: [['take_message', message]],
      });
  });

  test.each(['[END_CALL]', '<end_call/>', '(end_call)', '{end_call}', '*end_call*', '`end_call()`'])(
    '%s after the last words',
    (text) => {
      for (const sizes of cuts)
        expect(read(`Goodbye! ${text}`, sizes), String(sizes)).toEqual({
          speech: 'Goodbye!',
          calls: [['end_call', {}]],
        });
    },
  );

  test('a name in a sentence is none', () => {
    for (const sizes of cuts) expect(read('I can (with end_call) end it.', sizes).calls, String(sizes)).toEqual([]);
  });

  test.each(['end_call', 'end_call()', '`end_call`', 'functions.end_call()'])('%s alone', (text) => {
    for (const sizes of cuts) expect(read(text, sizes).calls, String(sizes)).toEqual([['end_call', {}]]);
  });

  test('of a tool that is not there is neither called nor heard', () => {
    expect(read('{"name": "rm_rf", "parameters": {}} Hello.', [3])).toEqual({ speech: 'Hello.', calls: [] });
  });
});

describe('arguments are read generously', () => {
  test.each([
    ['null is absent', { message: 'Hi', name: null, number: 'null' }, { message: 'Hi' }],
    ['a number is its digits', { message: 'Hi', number: 5550123 }, { message: 'Hi', number: '5550123' }],
    ['digits are a number', { message: 'Hi', times: '3' }, { message: 'Hi', times: 3 }],
    ['yes is true', { message: 'Hi', urgent: 'yes' }, { message: 'Hi', urgent: true }],
    ['what nobody asked for is left out', { message: 'Hi', mood: 'good' }, { message: 'Hi' }],
    ['a list is a text', { message: ['Hi', 'there'] }, { message: 'Hi, there' }],
    ['JSON within JSON', JSON.stringify(JSON.stringify({ message: 'Hi' })), { message: 'Hi' }],
    ['one object too many', { parameters: { message: 'Hi' } }, { message: 'Hi' }],
    [
      'long numbers keep their digits',
      '{"message":"Hi","number":12345678901234567890}',
      { message: 'Hi', number: '12345678901234567890' },
    ],
    ['numbers that begin with zero', '{"message":"Hi","number":0301234567}', { message: 'Hi', number: '0301234567' }],
    ['nothing at all', null, {}],
  ])('%s', (_what, given, args) => {
    expect(JSON.parse(tools.argumentsOf('take_message', given))).toEqual(args);
  });

  test('a choice is found in any spelling', () => {
    expect(JSON.parse(tools.argumentsOf('transfer_call', { destination: 'Front Desk' }))).toEqual({
      destination: 'front-desk',
    });
  });
});
