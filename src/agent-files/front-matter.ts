import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { trapsIn } from './yaml-traps.ts';

export type FieldPath = readonly (string | number)[];

/** A text in YAML, with the line of every field. */
export type YamlText = {
  /** Nothing where the YAML itself is wrong. */
  values: unknown;
  /** Line of a field; of the nearest field around it when it is not there. */
  lineOf(path: FieldPath): number;
  /** What is on that line. */
  lineAt(line: number): string;
  /** Mistakes of YAML itself. */
  errors: { line: number; message: string }[];
};

/** The two parts of an agent file. */
export type FrontMatter = YamlText & {
  body: string;
  /** The first line of the body that is not empty. */
  bodyLine: number;
};

/** Splits `---\n<YAML>\n---\n<prompt>`; undefined when the file has no front matter. */
export function readFrontMatter(text: string): FrontMatter | undefined {
  const lines = linesOf(text);
  const end = lines.findIndex((line, index) => index > 0 && /^---\s*$/.test(line));
  if (!/^---\s*$/.test(lines[0] ?? '') || end < 0) return undefined;
  const after = lines.slice(end + 1);
  const blank = after.findIndex((line) => line.trim() !== '');
  return {
    ...readLines(lines.slice(0, end), 1),
    body: after.join('\n').trim(),
    bodyLine: end + 2 + Math.max(0, blank),
  };
}

/** Reads a file that is YAML as a whole. */
export function readYaml(text: string): YamlText {
  return readLines(linesOf(text), 0);
}

function linesOf(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r?\n/);
}

/** @param skipped Lines at the beginning that are no YAML. */
function readLines(lines: readonly string[], skipped: number): YamlText {
  const counter = new LineCounter();
  const document = parseDocument(lines.slice(skipped).join('\n'), { lineCounter: counter, prettyErrors: false });
  const lineAtOffset = (offset: number) => counter.linePos(offset).line + skipped;
  const traps = document.errors.length === 0 ? trapsIn(document) : [];
  // An alias without an anchor is one of the traps: made into values it would throw.
  const made: Made = document.errors.length + traps.length === 0 ? valuesOf(document) : { values: {} };
  return {
    values: made.values,
    lineOf: (path) => lineAtOffset(offsetOf(document, path)),
    lineAt: (line) => lines[line - 1] ?? '',
    errors: [
      ...firstOfEachLine(
        document.errors.map((error) => {
          const line = lineAtOffset(error.pos[0]);
          return { line, message: meaningOf(error, quoting(lines[line - 1] ?? '')) };
        }),
      ),
      ...traps.map(({ at, message }) => ({ line: lineAtOffset(at), message })),
      ...(made.problem === undefined ? [] : [{ line: skipped + 1, message: made.problem }]),
    ],
  };
}

/** What the parser's errors mean to an author, by their codes; it says the others well enough itself. */
const meanings: Partial<Record<YAMLError['code'], string>> = {
  BAD_INDENT: 'is not indented like the lines it belongs to',
  BAD_SCALAR_START: 'has a text that begins with a character of YAML; put quotes around it',
  BLOCK_AS_IMPLICIT_KEY: 'is not indented like the lines it belongs to, or has a field within a text',
  DUPLICATE_KEY: 'has a field that is there already',
  MULTILINE_IMPLICIT_KEY: 'has no colon after the name of the field, or is not indented like the lines it belongs to',
  TAB_AS_INDENT: 'is indented with a tab; use spaces',
};

function meaningOf({ code, message }: YAMLError, quotes: string): string {
  if (quotes) return `cannot be read${quotes}`;
  if (message.startsWith('Flow ')) return 'has a bracket that is not closed';
  return meanings[code] ?? message.split('\n', 1)[0]!;
}

/** What follows on the same line is mostly a consequence. */
const firstOfEachLine = <T extends { line: number }>(errors: readonly T[]): T[] =>
  errors.filter(({ line }, index) => errors.findIndex((other) => other.line === line) === index);

type Made = { values: unknown; problem?: string };

/** YAML refuses aliases that would multiply into more than memory holds. */
function valuesOf(document: Document): Made {
  try {
    return { values: document.toJS() ?? {} };
  } catch (error) {
    return { values: {}, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The classic mistakes of texts in YAML. */
export function quoting(line: string): string {
  if (/[:-]\s+\{\{/.test(line)) return "; put quotes around a text that begins with {{, such as '{{name}} speaking'";
  return /:\s.*:(?:\s|$)/.test(line) ? '; put quotes around a text that has a colon in it' : '';
}

function offsetOf(document: Document, path: FieldPath): number {
  for (let length = path.length; length > 0; length--) {
    const key = path[length - 1];
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
      );
      const found = start(pair?.key);
      if (found !== undefined) return found;
    }
    const found = start(document.getIn(path.slice(0, length), true));
    if (found !== undefined) return found;
  }
  return 0;
}

function start(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
