import { beginsDirection, stageDirection } from './stage-directions.ts';
import type { ToolTable } from './tool-table.ts';

/** What begins where text stops being speech. */
export type Mark =
  | { kind: 'thought' | 'hidden'; until: RegExp }
  | { kind: 'call'; until: RegExp; text?: string }
  /** JSON; it is read from its first bracket on, which therefore is no part of the mark. */
  | { kind: 'brackets' }
  /** The name of a tool as it is on the wire. */
  | { kind: 'tool'; name: string }
  /** The same between brackets of its own, which is the whole call. */
  | { kind: 'tool-alone'; name: string }
  | { kind: 'thought-end' }
  /** The answer ends here, where anything was said; `always`: also where nothing was. */
  | { kind: 'end'; always?: boolean }
  /** Says nothing; `break` stands between two words. */
  | { kind: 'token' | 'break' };

export type MarkContext = {
  /** Nothing was said yet. */
  atStart: boolean;
  /** The last letters that were said. */
  before: string;
  tools: ToolTable;
};

const thoughts = '(?:think|thinking|thought|thoughts|reasoning|reason|reflection|scratchpad|analysis|seed:think)';
const calls = '(?:tool_calls?|function_calls?|tools?_use|tool_code|invoke|function|tools?)';
const blocks = '(?:p|div|br|hr|li|ul|ol|tr|td|th|table|h[1-6]|section|article|body|html|head|pre|blockquote)';
const speakers = '(?:user|human|caller|customer)';
const answers = '(?:(?:final )?(?:answer|response|reply))';
const thoughtLabels = '(?:thoughts?|thinking|reasoning|rationale|analysis)';

type Row = [pattern: RegExp, mark: (match: RegExpExecArray) => Mark, where?: (context: MarkContext) => boolean];

/** All marks, each anchored. Those that begin alike stand with the more particular one first. */
const rows: readonly Row[] = [
  // Reasoning models: DeepSeek, Qwen, GLM (`<think>`), Claude-like prompts (`<thinking>`), Seed, Magistral, Kimi, Cohere.
  [
    new RegExp(`^<${thoughts}(?:\\s[^<>]*)?>`, 'i'),
    () => ({ kind: 'thought', until: new RegExp(`</${thoughts}\\s*>`, 'i') }),
  ],
  [new RegExp(`^</${thoughts}\\s*>\\s*`, 'i'), () => ({ kind: 'thought-end' })],
  [/^\[THINK\]/, () => ({ kind: 'thought', until: /\[\/THINK\]/ })],
  [/^\[\/THINK\]\s*/, () => ({ kind: 'thought-end' })],
  [/^◁think▷/, () => ({ kind: 'thought', until: /◁\/think▷/ })],
  [/^◁\/think▷\s*/, () => ({ kind: 'thought-end' })],
  [
    /^<\|(?:START_THINKING|begin_of_thought)\|>/i,
    () => ({ kind: 'thought', until: /<\|(?:END_THINKING|end_of_thought)\|>/i }),
  ],
  [/^<\|(?:END_THINKING|end_of_thought)\|>\s*/i, () => ({ kind: 'thought-end' })],
  // Channels of gpt-oss (Harmony), of Gemma (`<|channel>thought`), and of gpt-oss where a server drops the tokens.
  [
    /^<\|channel\|>\s*(?:commentary|analysis)\s+to=(?:functions\.)?([\w.-]+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>/,
    (match) => ({ kind: 'call', until: /<\|(?:call|end|return)\|>/, text: `${match[1] ?? ''} ` }),
  ],
  [
    /^<\|channel\|>\s*(?:analysis|commentary)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>/,
    () => ({ kind: 'thought', until: /<\|(?:end|call|return)\|>|(?=<\|channel\|>|<\|start\|>)/ }),
  ],
  [/^<\|channel\|>[^<]*<\|message\|>/, () => ({ kind: 'token' })],
  [/^<\|channel>\s*\w*/, () => ({ kind: 'thought', until: /<channel\|>/ })],
  [/^<channel\|>/, () => ({ kind: 'thought-end' })],
  [
    /^\s*analysis(?=[A-Z])/,
    () => ({ kind: 'thought', until: /assistantfinal|final(?=[A-Z])/ }),
    ({ atStart }) => atStart,
  ],
  // ReAct, and prompts that ask for a plan first.
  [
    new RegExp(`^\\s*\\*{0,2}${thoughtLabels}\\*{0,2}\\s*:\\*{0,2}\\s`, 'i'),
    () => ({
      kind: 'thought',
      until: new RegExp(`(?:\\n|[.!?] )\\s*\\**${answers}\\**\\s*:\\**\\s*|(?=\\n\\s*action\\s*:\\s*\\w)`, 'i'),
    }),
    ({ atStart }) => atStart,
  ],
  [/^\n\s*observation\s*:/i, () => ({ kind: 'end', always: true })],
  [/^\s*observation\s*:/i, () => ({ kind: 'end', always: true }), ({ atStart }) => atStart],
  [/^\s*assistantfinal/, () => ({ kind: 'token' }), ({ atStart }) => atStart],
  // Calls of tools.
  [/^<\|python_tag\|>/, () => ({ kind: 'call', until: /<\|(?:eom_id|eot_id)\|>/ })],
  [
    /^<\|tool_calls?(?:_section)?(?:_begin|_start)?\|>/i,
    () => ({ kind: 'call', until: /<\|(?:\/tool_calls?|tool_calls?(?:_section)?_end|end)\|>/i }),
  ],
  [/^<\|START_ACTION\|>/, () => ({ kind: 'call', until: /<\|END_ACTION\|>/ })],
  [/^\[TOOL_CALLS\]/, () => ({ kind: 'call', until: /\[\/TOOL_CALLS\]|<\/s>/ })],
  [
    new RegExp(`^<(${calls})((?:=|\\s)[^<>]*)?>`, 'i'),
    ([tag, name = '']) => ({
      kind: 'call',
      until: new RegExp(`</${name}\\s*>`, 'i'),
      ...(/^<(?:function|invoke|tool)[=\s]/i.test(tag) && { text: tag }),
    }),
  ],
  [/^\u0060{3}[\w-]*/, () => ({ kind: 'call', until: /\u0060{3}/ })],
  [/^~{3}[\w-]*\n/, () => ({ kind: 'call', until: /~{3}/ })],
  // Two speakers, one answer.
  [/^<\|im_start\|>\s*(?:user|system|tool)\b/, () => ({ kind: 'end', always: true })],
  [/^<\|(?:im_start|start)\|>\s*(?:assistant)?(?=[^a-z]|$)\s*/, () => ({ kind: 'token' })],
  [/^<\|start_header_id\|>\s*(?:user|system|tool)\s*<\|end_header_id\|>/, () => ({ kind: 'end', always: true })],
  [/^<\|start_header_id\|>\s*\w*\s*<\|end_header_id\|>\s*/, () => ({ kind: 'token' })],
  [/^<\|(?:user|human|system|observation)\|>/i, () => ({ kind: 'end', always: true })],
  [/^\n\s*#{1,6}\s*(?:instructions?|input|user|human)\s*:/i, () => ({ kind: 'end' })],
  [/^<start_of_turn>\s*user\b/, () => ({ kind: 'end', always: true })],
  [/^<start_of_turn>(?:\s*model)?\s*/, () => ({ kind: 'token' })],
  [new RegExp(`^\\n\\s*${speakers}\\s*:\\s`, 'i'), () => ({ kind: 'end' })],
  [
    new RegExp(`^\\s*(?:#{1,6} )?\\*{0,2}(?:assistant|agent|ai|model|bot|${answers})\\*{0,2}\\s*:\\*{0,2}\\s*`, 'i'),
    () => ({ kind: 'token' }),
    ({ atStart }) => atStart,
  ],
  [/^\s*assistant\s*\n\s*/, () => ({ kind: 'token' }), ({ atStart }) => atStart],
  [/^(?:\n\s*)?action\s*:\s*(?=\w)/i, () => ({ kind: 'break' }), ({ atStart, before }) => atStart || before !== ''],
  [
    /^<\|(?:im_end|eot_id|eom_id|end|end_of_(?:text|turn|sentence)|endoftext|eos|return|END_OF_TURN_TOKEN)\|>/i,
    () => ({ kind: 'end' }),
  ],
  [/^(?:<\/s>|<end_of_turn>|<eos>|<\/assistant>)/i, () => ({ kind: 'end' })],
  // Tokens, elements, comments.
  [/^<\|[^<>|\n]{1,40}\|>/, () => ({ kind: 'token' })],
  [/^(?:<<\/?SYS>>|\[\/?INST\]|<(?:s|bos|pad|unk|mask)>)/, () => ({ kind: 'token' })],
  [stageDirection, () => ({ kind: 'token' })],
  // Sources: those of search tools, and numbers in brackets that are no key to press.
  [/^【[^】\n]{0,60}】/, () => ({ kind: 'token' })],
  [/^(?:\[\^?\d{1,3}\]){1,9}(?!\()/, () => ({ kind: 'token' }), ({ before }) => /\S$/.test(before)],
  [/^(?:\[\^?\d{1,3}\]){1,9}(?=[.,;:!?])/, () => ({ kind: 'token' })],
  [/^<!--/, () => ({ kind: 'hidden', until: /-->/ })],
  [
    /^<(?:script|style|svg|head|title)\b[^<>]*>/i,
    (match) => ({ kind: 'hidden', until: new RegExp(`</${/\w+/.exec(match[0])?.[0] ?? ''}\\s*>`, 'i') }),
  ],
  [new RegExp(`^</?${blocks}\\b[^<>]*>`, 'i'), () => ({ kind: 'break' })],
  [new RegExp(`^<(?!${calls}|${thoughts})[a-z][\\w:-]*\\s+[\\w:-]+=`, 'i'), () => ({ kind: 'hidden', until: />/ })],
  [/^<(?:\/?[a-z][\w:-]*(?:\s[^<>]*)?\/?|![a-z][^<>]*)>/i, () => ({ kind: 'token' })],
  // JSON, and the brackets behind the name of a tool.
  [/^(?=\{\s*["'}]|\[\s*\{\s*")/, () => ({ kind: 'brackets' })],
];

/** Where such a mark can begin at all. */
const starters = /[<{[(*\u0060~◁【\n]/g;

/** The first mark of a text that is there whole. */
export function markAt(text: string, context: MarkContext): { index: number; length: number; mark: Mark } | undefined {
  for (const index of candidates(text, context)) {
    const rest = text.slice(index, index + 400);
    const before = (context.before + text.slice(Math.max(0, index - 8), index)).slice(-8);
    const here = { ...context, before, atStart: context.atStart && text.slice(0, index).trim() === '' };
    const tool = toolAt(rest, before.slice(-1), context.tools);
    if (tool) return { index, ...tool };
    for (const [pattern, mark, where] of rows) {
      if (where && !where(here)) continue;
      const match = pattern.exec(rest);
      if (match) return { index, length: match[0].length, mark: mark(match) };
    }
  }
  return undefined;
}

function candidates(text: string, { atStart, tools }: MarkContext): number[] {
  const found = [...text.matchAll(starters)].map(({ index }) => index);
  if (atStart) found.unshift(0);
  const names = toolPattern(tools);
  if (names) for (const { index } of text.matchAll(names)) found.push(index);
  return found.toSorted((one, other) => one - other);
}

const patterns = new WeakMap<ToolTable, RegExp | null>();

/** Names that are no words of a language: those with an underscore, in either spelling, and any name with a bracket behind it. */
function toolPattern(tools: ToolTable): RegExp | null {
  const known = patterns.get(tools);
  if (known !== undefined) return known;
  const escaped = tools.names.map((name) => {
    const spelled = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('_', '[_-]');
    return name.includes('_') ? `${spelled}(?![\\w-])` : `${spelled}(?=\\s*[({])`;
  });
  const pattern =
    escaped.length > 0 ? new RegExp(`(?:(?:functions?|tools?|default_api)\\.)?(?:${escaped.join('|')})`, 'gi') : null;
  patterns.set(tools, pattern);
  return pattern;
}

function toolAt(rest: string, before: string, tools: ToolTable): { length: number; mark: Mark } | undefined {
  if (/[\w-]/.test(before)) return undefined;
  const pattern = toolPattern(tools);
  if (!pattern) return undefined;
  const alone = new RegExp(
    `^[([{<*\u0060]{1,3}\\s?(${pattern.source})\\s?(?:\\(\\s?\\))?\\s?/?[)\\]}>*\u0060]{1,3}`,
    'i',
  ).exec(rest);
  const called = alone && tools.nameOf(alone[1] ?? '');
  if (alone && called) return { length: alone[0].length, mark: { kind: 'tool-alone', name: called } };
  const match = new RegExp(`^(?:${pattern.source})`, 'i').exec(rest);
  const name = match && tools.nameOf(match[0]);
  return match && name ? { length: match[0].length, mark: { kind: 'tool', name } } : undefined;
}

/** How long an unfinished mark is waited for, characters. */
const longestMark = 160;

/** Ends of a text in which a mark may be beginning. */
const openings: readonly RegExp[] = [
  // An element or a token, of which the end is missing.
  /<(?:[a-z/!|][^<>]{0,120})?$/i,
  /<\|channel\|>[^<]*(?:<\|?(?:[a-z]+\|?)?)?(?:<\|constrain\|>[^<]*(?:<\|?(?:[a-z]+\|?)?)?)?$/i,
  /<\|(?:im_start|start|start_header_id)\|>[^<]{0,16}(?:<\|?[a-z_]*\|?)?$/i,
  /<start_of_turn>[a-z\s]{0,8}$/i,
  /<<\/?(?:S|SY|SYS|SYS>)?$/,
  /[{[]\s*$/,
  /\[\s*\{\s*$/,
  /\[\/?[A-Z_]{0,12}$|(?:\[\^?\d{1,3}\]){1,9}(?:\[\^?\d{0,3})?$|\[\^?\d{0,3}$|【[^】\n]{0,60}$/,
  beginsDirection,
  /\u0060{1,2}$|\u0060{3}[\w-]*$|~{1,3}$|~{3}[\w-]*$/,
  /◁[/a-z]*$/,
  /[\ud800-\udbff]$/,
  // Markdown: what may be a heading or a bullet where a line begins.
  /(?:^|\n)[ \t]*(?:#{1,6}|[-*•])[ \t]*$/,
  new RegExp(
    `\\n\\s{0,8}(?:#{1,6} ?)?(?:${prefixes('user human caller customer action observation instructions input'.split(' '))})?(?:\\s*:\\s*)?$`,
    'i',
  ),
];

const labels = [
  ...'analysis assistantfinal assistant agent model bot ai action observation'.split(' '),
  ...'thoughts thinking reasoning rationale answer response reply'.split(' '),
  'final answer',
  'final response',
  'final reply',
];

/** The beginning of an answer that may be a label and no word of it. */
const openingLabel = new RegExp(
  `^\\s*(?:#{1,6} ?)?\\*{0,2}(?:${prefixes(labels)})?\\*{0,2}\\s*(?::\\*{0,2}\\s*)?$`,
  'i',
);

/** From where on a text has to wait for more, because a mark may be beginning; its length when nothing has to. */
export function mayBecomeMark(text: string, context: MarkContext): number {
  const from = Math.max(0, text.length - longestMark);
  const tail = text.slice(from);
  const holds = openings.map((pattern) => tail.search(pattern)).filter((index) => index >= 0);
  if (context.atStart && from === 0) {
    if (openingLabel.test(tail)) holds.push(0);
  }
  const word = /(?:[([{<*\u0060]{1,3}\s?)?([\w.-]+\s?)$/.exec(tail);
  if (word && beginsTool(word[1] ?? '', context.tools)) holds.push(word.index);
  const alone = /[([{<*\u0060]{1,3}\s?([\w.-]+)[\s()/]{1,4}$/.exec(tail);
  if (alone && context.tools.nameOf(alone[1] ?? '')) holds.push(alone.index);
  const held = Math.min(tail.length, ...holds);
  // Whether a star is emphasis is told by what comes after it.
  return from + (/\*+$/.exec(tail.slice(0, held))?.index ?? held);
}

function beginsTool(word: string, tools: ToolTable): boolean {
  const written = word.toLowerCase().replaceAll('-', '_');
  return tools.names.some((name) =>
    ['', 'functions.', 'function.', 'tools.', 'tool.', 'default_api.'].some((space) => {
      const whole = (space + name).toLowerCase();
      return whole.startsWith(written) || (!name.includes('_') && `${whole} ` === written);
    }),
  );
}

/** A pattern that matches every beginning of the words, and the words. */
function prefixes(words: readonly string[]): string {
  return words
    .flatMap((word) => Array.from({ length: word.length }, (_, index) => word.slice(0, word.length - index)))
    .join('|');
}
