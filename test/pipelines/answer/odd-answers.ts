import type { ServerResponse } from 'node:http';

/** Pseudo-random numbers from a seed (mulberry32), so that a failing case can be run again. */
export function randomFrom(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const of = <T>(list: readonly T[]): T => list[below(list.length)]!;
  return { next, below, of };
}

export type Random = ReturnType<typeof randomFrom>;

/** The only words that are meant to be heard; whatever is not has the letters of `secret` in it. */
export const words = [
  'yes',
  'opening',
  'hours',
  'monday',
  'nine',
  'five',
  'sure',
  'please',
  'café',
  'übrigens',
  '3',
  '42',
];
export const secret = 'qxzq';

/** Every kind of thing that models and servers write and that is no speech. */
const noises: ((random: Random) => string)[] = [
  (random) => {
    const tag = random.of(['think', 'thinking', 'thought', 'reasoning', 'reflection', 'scratchpad', 'THINK']);
    return `<${tag}>${murmur(random)}</${tag}>`;
  },
  (random) => `[THINK]${murmur(random)}[/THINK]`,
  (random) => `◁think▷${murmur(random)}◁/think▷`,
  (random) => `<|START_THINKING|>${murmur(random)}<|END_THINKING|>`,
  (random) => `<|channel|>analysis<|message|>${murmur(random)}<|end|><|start|>assistant<|channel|>final<|message|>`,
  (random) => `<|channel|>commentary to=functions.take_message <|constrain|>json<|message|>${json(random)}<|call|>`,
  (random) => `<|channel>thought ${murmur(random)}<channel|>`,
  (random) => `<tool_call>${json(random)}</tool_call>`,
  (random) => `<function=take_message>${json(random)}</function>`,
  (random) => `\`\`\`json\n${json(random)}\n\`\`\``,
  (random) => `\`\`\`python\nprint("${secret}") # ${murmur(random)}\n\`\`\``,
  (random) => json(random),
  (random) => `[${json(random)},${json(random)}]`,
  () => `take_message(message="${secret}")`,
  (random) => `<p class="${secret}">`.repeat(1 + random.below(3)),
  (random) => `<script>${murmur(random)}</script>`,
  (random) => `<!-- ${murmur(random)} -->`,
  () => `<img src="data:image/png;base64,${secret.repeat(100)}">`,
  () => '</div><br/></b>',
  (random) => random.of(['<|eom|>', '<s>', '<pad>', '[INST]', '[/INST]', '<|reserved_special_token_7|>']),
  (random) => random.of(['👍', '👨‍👩‍👧', '🇩🇪', '\ud83d', '\udc4d', '\ufffd', '\u0000', '\u200b', '\ufeff']),
  () => '<|im_end|>\n<|im_start|>user\n' + secret + '<|im_end|>',
];

function murmur(random: Random): string {
  const pieces = [secret, `${secret}. `, '<', '>', '{"', '}', '"', '\n', '`', 'wait, ', '[', ']', '|', 'é', '…'];
  return Array.from({ length: 1 + random.below(12) }, () => random.of(pieces)).join(secret);
}

function json(random: Random): string {
  const text = `${secret} } ] \\ " ' ${random.of(['', '\n', '{', '</x>'])}`;
  const value = random.of([
    { name: 'take_message', parameters: { message: text } },
    { name: 'nothing_known', arguments: { [secret]: [text, { a: text }] } },
    { [secret]: text },
  ]);
  return JSON.stringify(value, null, random.of([0, 2]));
}

/** One answer: what a model writes. */
export function oddText(random: Random): string {
  const parts: string[] = [];
  for (let count = 1 + random.below(8); count > 0; count -= 1) {
    if (random.next() < 0.5)
      parts.push(` ${words[random.below(words.length)]!}${random.of([' ', '. ', ', ', '! ', '\n'])}`);
    else parts.push(random.of(noises)(random));
  }
  // Many break off in the middle of something.
  return parts.join('');
}

/** A line of the stream as it should be. */
function line(delta: Record<string, unknown>, finish: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
}

const oddLines = [
  ': keep-alive\n\n',
  'data: {"choices":null}\n\n',
  'data: {"choices":[null]}\n\n',
  'data: {"choices":[{"index":0}]}\n\n',
  'data: {"choices":[{"index":0,"delta":null}]}\n\n',
  'data: null\n\n',
  `data: {"choices":[{"index":1,"delta":{"content":"${secret}"}}]}\n\n`,
  `data: {"choices":[{"index":0,"delta":{"reasoning_content":"${secret}","reasoning":"${secret}"}}]}\n\n`,
  `data: {"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":"${secret}"},null]}}]}\n\n`,
  'data: {"choices":[{"index":0,"delta":{"content":17,"tool_calls":null}}]}\n\n',
  'data: {"choices":[{"index":0,"delta":{"tool_calls":[null,{"function":null},{"index":3}]}}]}\n\n',
  `data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":2,"function":{"arguments":"{\\"message\\":\\"${secret}\\"}"}}]}}]}\n\n`,
  'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":2,"id":"b","function":{"name":"take-message"}}]}}]}\n\n',
  'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"id":"c","function":{"name":"nobody","arguments":{"a":1}}}]}}]}\n\n',
  'data: {"usage":{"prompt_tokens":"many"}}\n\n',
];

/** The bytes of one answer's stream, and how they are written. */
export function oddStream(random: Random): Buffer {
  const kind = random.next();
  const text =
    kind < 0.02
      ? `<think>${secret.repeat(50_000)}</think> yes`
      : kind < 0.04
        ? 'yes '.repeat(50_000)
        : kind < 0.05
          ? `${'yes '.repeat(2_500)}`
          : oddText(random);
  const single = kind >= 0.04 && kind < 0.05;
  const lines: string[] = [];
  for (let at = 0; at < text.length;) {
    const size = single ? 1 : kind < 0.04 ? text.length : 1 + random.below(random.of([1, 4, 30]));
    lines.push(line({ content: text.slice(at, at + size) }));
    at += size;
    if (random.next() < 0.1) lines.push(random.of(oddLines));
  }
  const end = random.next();
  if (end < 0.7) lines.push(line({}, random.of(['stop', 'length', 'content_filter', 'tool_calls'])));
  // A second answer in the same stream.
  if (end < 0.1) lines.push(line({ content: ` ${secret} ` }), line({}, 'stop'));
  if (end < 0.5) lines.push('data: [DONE]\n\n');
  if (end > 0.95) lines.push('data: {"choices":[{"index":0,"delta":{"content":"' + secret);
  const bytes = Buffer.from(lines.join(''));
  // A byte of a character lost.
  if (random.next() < 0.1) {
    const lead = bytes.indexOf(0xc3);
    if (lead >= 0) return Buffer.concat([bytes.subarray(0, lead), bytes.subarray(lead + 1)]);
  }
  return bytes;
}

/** An answer that does not end by itself. */
export function endlessStream(random: Random): (count: number) => string {
  const call = (count: number) => ({
    index: 0,
    ...(count === 0 && { id: 'a' }),
    function: { name: 'take_message', arguments: secret },
  });
  const calls = (count: number) => [
    { index: count, id: `id${count}`, function: { name: 'end_call', arguments: '{}' } },
  ];
  return random.of<(count: number) => string>([
    () => line({ content: 'yes '.repeat(50) }),
    (count) => line({ content: count === 0 ? '<think>' : secret.repeat(100) }),
    (count) => line({ content: count === 0 ? '{"a": "' : secret.repeat(100) }),
    (count) => line({ content: count === 0 ? 'Okay, the user wants ' : secret.repeat(100) }),
    (count) => line({ tool_calls: [call(count)] }),
    (count) => line({ tool_calls: calls(count) }),
    () => line({ content: '\n' }),
  ]);
}

/** Writes on until nobody listens. */
export async function writeEndlessly(next: (count: number) => string, response: ServerResponse): Promise<void> {
  for (let count = 0; !response.destroyed; count += 1)
    if (!response.write(next(count)) || count % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
}

/** Writes bytes in pieces cut anywhere, also within a character. */
export async function writeOddly(bytes: Buffer, response: ServerResponse, random: Random): Promise<void> {
  for (let at = 0; at < bytes.length && !response.destroyed;) {
    const size = bytes.length > 20_000 ? 16_000 : 1 + random.below(random.of([3, 200, 4_000]));
    response.write(bytes.subarray(at, at + size));
    at += size;
    if (random.next() < 0.3) await new Promise((resolve) => setImmediate(resolve));
  }
  if (random.next() < 0.05) response.destroy();
  else response.end();
}
