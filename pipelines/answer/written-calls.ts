/** A call of a tool that a model wrote into its answer. `args` are what was written, not yet checked. */
export type WrittenCall = { name: string; args: unknown };

/** The tools that there are: whose name a model means by what it wrote. */
type KnownTools = { nameOf(written: string): string | undefined };

/** What is looked through for a call, characters, so that no text takes long. */
const longestRead = 8_000;

const argumentKeys = ['arguments', 'parameters', 'args', 'input', 'action_input', 'tool_input'] as const;
const nameKeys = ['name', 'tool', 'tool_name', 'function', 'function_name', 'action'] as const;

/** The calls in a JSON value, in any of the shapes that models write; only those of tools that there are. */
export function callsIn(value: unknown, tools: KnownTools): WrittenCall[] {
  if (Array.isArray(value)) return value.flatMap((each) => callsIn(each, tools));
  if (!isObject(value)) return [];
  const { function: inner, tool_calls } = value;
  if (Array.isArray(tool_calls)) return callsIn(tool_calls, tools);
  if (isObject(inner)) return callsIn(inner, tools);
  for (const key of nameKeys) {
    const name = typeof value[key] === 'string' ? tools.nameOf(value[key]) : undefined;
    if (name === undefined) continue;
    const given = argumentKeys.find((each) => value[each] !== undefined);
    const { [key]: _name, type: _type, id: _id, ...others } = value;
    return [{ name, args: given ? value[given] : others }];
  }
  // {"take_message": {"message": "…"}}
  const [only, ...more] = Object.entries(value);
  const name = only && more.length === 0 ? tools.nameOf(only[0]) : undefined;
  return name !== undefined && only ? [{ name, args: only[1] }] : [];
}

const answerKeys = ['response', 'answer', 'reply', 'text', 'content', 'speech', 'say', 'output'] as const;

/** The words of an answer that came as a JSON object; an empty text where it holds none. */
export function answerIn(value: unknown): string {
  if (!isObject(value) || nameKeys.some((key) => key in value)) return '';
  const key = answerKeys.find((each) => typeof value[each] === 'string');
  return key ? (value[key] as string) : '';
}

/**
 * The calls in what stood between the marks of a call: JSON, one per line or in a row; `name(key="value")`; Llama's
 * `<function=name>{…}`; Qwen's and Anthropic's elements, one per parameter.
 */
export function callsInText(written: string, tools: KnownTools): WrittenCall[] {
  // Of DeepSeek and Kimi: code blocks around the arguments, the number of the call behind its name.
  const text = written
    .slice(0, longestRead)
    .replaceAll(/\u0060{3}\w*|<\|tool_call_argument_begin\|>|:\d{1,3}(?=\s*(?:\{|<\||$))/g, ' ');
  const elements = elementCalls(text, tools);
  if (elements.length > 0) return elements;
  const values = jsonValues(text);
  const calls = values.flatMap((value) => callsIn(value, tools));
  if (calls.length > 0) return calls;
  const keys = [...text.matchAll(/<arg_key>\s*([\w.-]+)\s*<\/arg_key>\s*<arg_value>(.*?)(?:<\/arg_value>|$)/gs)];
  const glm = keys.length > 0 ? tools.nameOf(/^\s*([\w.-]+)/.exec(text)?.[1] ?? '') : undefined;
  if (glm) return [{ name: glm, args: Object.fromEntries(keys.map(([, key, value]) => [key, (value ?? '').trim()])) }];
  for (const { 1: word = '', index, 0: whole } of text.matchAll(/([A-Za-z][\w.-]*)(?:\s*\(|\s*(?=[[{])|\s*$)/g)) {
    const name = tools.nameOf(word);
    if (name !== undefined) return [{ name, args: argumentsIn(text.slice(index + whole.length)) }];
  }
  return [];
}

/** The arguments of `name(…)`: an object as JSON, or `key="value", …` as in Python. */
export function argumentsIn(text: string): Record<string, unknown> {
  const [value] = jsonValues(text);
  if (isObject(value)) return value;
  const pairs = text
    .slice(0, longestRead)
    .matchAll(/([A-Za-z_]\w*)\s*[=:]\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^,()]+)/g);
  return Object.fromEntries([...pairs].map(([, key, written]) => [key, plain((written ?? '').trim())]));
}

function plain(written: string): unknown {
  const quoted = /^(["'])(.*)\1$/s.exec(written);
  if (quoted) return (quoted[2] ?? '').replace(/\\(.)/gs, (_, letter: string) => (letter === 'n' ? '\n' : letter));
  if (/^(?:None|null)$/.test(written)) return null;
  if (/^(?:true|false)$/i.test(written)) return written.toLowerCase() === 'true';
  return written;
}

function elementCalls(text: string, tools: KnownTools): WrittenCall[] {
  const opened = [...text.matchAll(/<(?:function|tool|invoke)(?:=|\s+name=)["']?([\w.-]+)["']?\s*>/g)];
  return opened.flatMap((match, index) => {
    const name = tools.nameOf(match[1] ?? '');
    if (name === undefined) return [];
    const body = text.slice(match.index + match[0].length, opened[index + 1]?.index);
    const parameters = [
      ...body.matchAll(/<parameter(?:=|\s+name=)["']?([\w.-]+)["']?\s*>(.*?)(?=<\/parameter>|<parameter|<\/|$)/gs),
    ];
    if (parameters.length === 0) return [{ name, args: jsonValues(body)[0] ?? {} }];
    return [{ name, args: Object.fromEntries(parameters.map(([, key, value]) => [key, (value ?? '').trim()])) }];
  });
}

/** The JSON objects and arrays of a text, in order; what is broken is left out. */
function jsonValues(text: string): unknown[] {
  const values: unknown[] = [];
  for (let at = text.search(/[[{]/); at >= 0;) {
    const scan = new JsonScan();
    const length = scan.push(text.slice(at));
    const value = parsed(text.slice(at, length === undefined ? undefined : at + length));
    if (value !== undefined) values.push(value);
    const from = at + (value === undefined ? 1 : (length ?? 1));
    const next = text.slice(from).search(/[[{]/);
    at = next < 0 ? -1 : from + next;
    // What is not JSON is not searched bracket by bracket for ever.
    if (values.length > 16 || (value === undefined && text.length - from > 4_000)) break;
  }
  return values;
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Finds where a JSON object or array, or anything in brackets, is complete, however it is cut into pieces. */
export class JsonScan {
  #depth = 0;
  #inText = false;
  #escaped = false;

  /** How much of the piece belongs to it when it ends there; undefined while it goes on. */
  push(piece: string): number | undefined {
    for (let index = 0; index < piece.length; index += 1) {
      const letter = piece[index];
      if (this.#escaped) this.#escaped = false;
      else if (this.#inText && letter === '\\') this.#escaped = true;
      else if (letter === '"') this.#inText = !this.#inText;
      else if (this.#inText) continue;
      else if (letter === '{' || letter === '[' || letter === '(') this.#depth += 1;
      else if (letter === '}' || letter === ']' || letter === ')') {
        this.#depth -= 1;
        if (this.#depth <= 0) return index + 1;
      }
    }
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
