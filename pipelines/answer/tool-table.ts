import { llm } from '@livekit/agents';
import { isObject, JsonScan } from './written-calls.ts';

type Schema = { type?: unknown; enum?: unknown; anyOf?: unknown; properties?: unknown; required?: unknown };
type Tool = { properties: Record<string, Schema>; required: readonly string[]; open: boolean };

/** What stands for nothing where a value may be left out. */
const nothing = new Set(['', 'null', 'none', 'nil', 'undefined', 'n/a']);
/** Namespaces that models put before a name. */
const namespace = /^(?:functions?|tools?|default_api|api)[.:/]/i;

/** The tools of a request, by the names that models use for them, with what their arguments have to be. */
export class ToolTable {
  readonly #tools = new Map<string, Tool>();
  readonly #byPlainName = new Map<string, string>();

  constructor(toolCtx: llm.ToolContext | undefined) {
    if (!toolCtx) return;
    for (const [name, { parameters }] of llm.sortedToolEntries(toolCtx)) {
      const schema = llm.toJsonSchema(parameters, true, false) as Schema & { additionalProperties?: unknown };
      const properties = isObject(schema.properties) ? (schema.properties as Record<string, Schema>) : {};
      const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
      const open = schema.additionalProperties !== false && Object.keys(properties).length === 0;
      this.#tools.set(name, { properties, required, open });
      this.#byPlainName.set(plainName(name), name);
    }
  }

  get names(): string[] {
    return [...this.#tools.keys()];
  }

  /** The tool that is meant: `take-message`, `TakeMessage` and `functions.take_message` are `take_message`. */
  nameOf(written: string): string | undefined {
    if (this.#tools.has(written)) return written;
    return this.#byPlainName.get(plainName(written.trim().replace(namespace, '')));
  }

  /** Puts a call into the words of the tool that is meant. Returns whether there is such a tool. */
  understand(call: llm.FunctionCall): boolean {
    const name = this.nameOf(call.name);
    call.args = this.argumentsOf(name ?? call.name, call.args);
    if (name !== undefined) call.name = name;
    return name !== undefined;
  }

  needsNothing(name: string): boolean {
    return this.#tools.get(name)?.required.length === 0;
  }

  /**
   * The arguments as the tool takes them, read generously: null and "null" are absent where they may be, a number is its
   * digits where a text is wanted and the other way round, choices are found whatever their case, and what nobody asked
   * for is left out. What cannot be read stays as it is, for the tool to refuse.
   */
  argumentsOf(name: string, given: unknown): string {
    const tool = this.#tools.get(name);
    let value = typeof given === 'string' ? (exactly(given || '{}') ?? given) : (given ?? {});
    // Some servers write them as JSON within JSON.
    if (typeof value === 'string') value = exactly(value) ?? value;
    if (!isObject(value) || !tool) return JSON.stringify(value);
    const fields = tool.open ? value : unwrapped(value, tool);
    const read = Object.entries(fields).flatMap(([key, field]): [string, unknown][] => {
      if (tool.open) return [[key, field]];
      const property = Object.keys(tool.properties).find((each) => plainName(each) === plainName(key));
      if (property === undefined) return [];
      const fitting = fitted(field, tool.properties[property]!);
      return isNothing(fitting) && !tool.required.includes(property) ? [] : [[property, fitting]];
    });
    return JSON.stringify(Object.fromEntries(read));
  }
}

type WithSource = (key: string, value: unknown, context?: { source?: string }) => unknown;

/** JSON whose long numbers keep their digits, also where a telephone number is there without quotes. */
function exactly(text: string): unknown {
  const digits: WithSource = (_, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? context?.source
      : value;
  for (const each of [text, text.replace(/([:[,]\s*)(\+\d+|0\d+)(?=\s*[,}\]])/g, '$1"$2"')])
    try {
      return JSON.parse(each, digits) as unknown;
    } catch {
      continue;
    }
  // The same object twice, or words behind it.
  const length = /^\s*[{[]/.test(text) ? new JsonScan().push(text) : undefined;
  return length !== undefined && length < text.length ? exactly(text.slice(0, length)) : undefined;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** {"parameters": {…}} in the place of the arguments themselves. */
function unwrapped(value: Record<string, unknown>, { properties }: Tool): Record<string, unknown> {
  const [only, ...others] = Object.entries(value);
  return only && others.length === 0 && !(only[0] in properties) && isObject(only[1]) ? only[1] : value;
}

function isNothing(value: unknown): boolean {
  return value === null || (typeof value === 'string' && nothing.has(value.trim().toLowerCase()));
}

function fitted(value: unknown, schema: Schema): unknown {
  const types = typesOf(schema);
  if (typeof value === 'string' && Array.isArray(schema.enum)) {
    const choices = schema.enum.filter((each): each is string => typeof each === 'string');
    return choices.find((each) => plainName(each) === plainName(value)) ?? value;
  }
  const wants = (type: string) => types.includes(type);
  if (typeof value === 'string' && !wants('string')) {
    const number = Number(value.replace(/[\s_']/g, ''));
    if ((wants('number') || wants('integer')) && value.trim() !== '' && Number.isFinite(number)) return number;
    if (wants('boolean') && /^(?:true|yes)$/i.test(value)) return true;
    if (wants('boolean') && /^(?:false|no)$/i.test(value)) return false;
  }
  if (wants('string')) {
    if (
      (typeof value === 'number' && !wants('number') && !wants('integer')) ||
      (typeof value === 'boolean' && !wants('boolean'))
    )
      return String(value);
    if (Array.isArray(value) && !wants('array')) return value.map((each) => String(each)).join(', ');
  }
  return value;
}

function typesOf(schema: Schema): string[] {
  const own = Array.isArray(schema.type) ? (schema.type as unknown[]) : [schema.type];
  const choices = Array.isArray(schema.anyOf) ? schema.anyOf.flatMap((each) => typesOf(each as Schema)) : [];
  return [...own.filter((type): type is string => typeof type === 'string'), ...choices];
}
