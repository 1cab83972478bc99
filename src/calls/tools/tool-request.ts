import type { HttpTool } from '../../agent-files/tools/http-tool.ts';
import { renderVariables, variablesIn } from '../../agent-files/render-variables.ts';

export type ToolRequest = {
  method: HttpTool['method'];
  url: URL;
  headers: Record<string, string>;
  body: string | undefined;
};

/** What stands for the names in the texts of a tool. */
export type ToolValues = {
  arguments: Readonly<Record<string, unknown>>;
  variables: Readonly<Record<string, string>>;
  /** By name; never written into anything but the request. */
  secrets: Readonly<Record<string, string>>;
};

/** The arguments cannot be sent as they are. The message is for the model. */
export class ToolArgumentError extends Error {
  override readonly name = 'ToolArgumentError';
}

/**
 * The request that a tool means by these arguments. Values are percent-encoded in the URL, where they can change neither host
 * nor path. Without `body` the arguments that are in no other place go into the query of GET and DELETE, else into JSON.
 * @throws ToolArgumentError @throws MissingVariables
 */
export function toolRequest(tool: HttpTool, values: ToolValues): ToolRequest {
  const secrets = Object.fromEntries(Object.entries(values.secrets).map(([name, value]) => [`secret.${name}`, value]));
  const plain = { ...values.variables, ...secrets };
  const given = values.arguments;
  const inUrl = new Set(variablesIn(tool.url));
  // What the model leaves out is nothing; every other name without a value is a mistake.
  const absent = Object.fromEntries(Object.keys(tool.arguments.properties).map((name) => [name, '']));
  const texts = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, textOf(value)]));
  const url = new URL(renderVariables(tool.url, encoded({ ...absent, ...texts, ...plain })));
  const rest = Object.entries(given).filter(([name]) => !inUrl.has(name));
  const inQuery = tool.method === 'GET' || tool.method === 'DELETE';
  if (inQuery && !tool.body) for (const [name, value] of rest) url.searchParams.append(name, textOf(value));
  const body = tool.body
    ? filledIn(tool.body, { given, plain, absent })
    : inQuery
      ? undefined
      : Object.fromEntries(rest);
  const headers = Object.entries(tool.headers).map(([name, text]) => [name, oneLine(renderVariables(text, plain))]);
  return {
    method: tool.method,
    url,
    headers: {
      Accept: 'application/json',
      'User-Agent': 'Parley',
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(Object.fromEntries(headers) as Record<string, string>),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function encoded(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      // The URL parser takes these for steps in the path, also when they are percent-encoded.
      if (/^\.{1,2}$/.test(value)) throw new ToolArgumentError(`"${value}" cannot be the value of ${name}.`);
      return [name, encodeURIComponent(value.toWellFormed())];
    }),
  );
}

type Filling = {
  given: Readonly<Record<string, unknown>>;
  plain: Readonly<Record<string, string>>;
  absent: Readonly<Record<string, string>>;
};

/** JSON with its texts filled. A text that is nothing but one argument becomes its value: a number stays a number. */
function filledIn(value: unknown, filling: Filling): unknown {
  if (typeof value === 'string') {
    const alone = /^\{\{([^{}]*)\}\}$/.exec(value)?.[1]?.trim();
    if (alone !== undefined && alone in filling.absent) return filling.given[alone];
    const texts = Object.fromEntries(Object.entries(filling.given).map(([name, each]) => [name, textOf(each)]));
    return renderVariables(value, { ...filling.absent, ...texts, ...filling.plain });
  }
  if (Array.isArray(value)) return value.map((each) => filledIn(each, filling));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filledIn(each, filling)]));
}

/** A header ends at a line break; one in a variable would begin another header. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\0]+/g, ' ').trim();
}
