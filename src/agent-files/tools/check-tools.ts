import { didYouMean } from '../did-you-mean.ts';
import type { FieldPath } from '../front-matter.ts';
import { variablesIn } from '../render-variables.ts';
import type { ToolEntry } from './agent-tools.ts';
import type { HttpTool } from './http-tool.ts';
import type { McpServer } from './mcp-server.ts';

type Found = { path: FieldPath; message: string };

/** What the checks of tools ask of the program. */
export type ToolChecks = {
  /** Tools that need no description. */
  builtIn: readonly string[];
  /** Variables of the agent, and those that are always there; any when absent. */
  variables: readonly string[] | undefined;
  /** What the agent asks for, which requests may hold. */
  asked?: readonly string[];
  /** Names of the secrets that are set; any when absent. */
  secrets?: readonly string[] | undefined;
  /** Why nothing may be sent to a URL, where its text alone tells. */
  urlProblem?: ((url: string) => string | undefined) | undefined;
};

const secretPrefix = 'secret.';

/** Names of the secrets that a text asks for as `{{secret.NAME}}`. */
export function secretsIn(text: string): string[] {
  return variablesIn(text)
    .filter((name) => name.startsWith(secretPrefix))
    .map((name) => name.slice(secretPrefix.length));
}

/** What is wrong with the tools of an agent: names that are there twice, texts that use what is not there, addresses that are refused. */
export function checkTools(tools: readonly ToolEntry[], checks: ToolChecks): Found[] {
  const names = tools.map((tool) => (typeof tool === 'string' ? tool : 'name' in tool ? tool.name : tool.mcp));
  return tools.flatMap((tool, index) => {
    const path = ['tools', index];
    const name = names[index]!;
    if (typeof tool === 'string') return checks.builtIn.includes(name) ? [] : [unknownTool(path, name, checks.builtIn)];
    if ('mcp' in tool) return checkMcpServer(tool, path, checks);
    const found = checkHttpTool(tool, path, checks);
    if (checks.builtIn.includes(name))
      found.push({ path: [...path, 'name'], message: `\`${name}\` is a tool of Parley; give yours another name` });
    else if (names.indexOf(name) !== index)
      found.push({ path: [...path, 'name'], message: `"${name}" is there twice; names are unique` });
    return found;
  });
}

function unknownTool(path: FieldPath, name: string, known: readonly string[]): Found {
  const meant = didYouMean(name, known);
  const cure = meant ? `did you mean \`${meant}\`?` : `there are ${known.join(', ')}`;
  return { path, message: `there is no tool "${name}"; ${cure}` };
}

function checkHttpTool(tool: HttpTool, path: FieldPath, checks: ToolChecks): Found[] {
  const given = Object.keys(tool.arguments.properties);
  const found: Found[] = [];
  const uses = (where: FieldPath, text: string, allowed: { arguments: boolean; secrets: boolean }) =>
    found.push(...unknownNames([...path, ...where], text, { checks, given, allowed }));
  found.push(...checkUrl(tool.url, [...path, 'url'], checks));
  uses(['url'], tool.url, { arguments: true, secrets: true });
  for (const [name, text] of Object.entries(tool.headers)) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name))
      found.push({ path: [...path, 'headers', name], message: `"${name}" cannot be the name of a header` });
    if (ownHeaders.has(name.toLowerCase()))
      found.push({ path: [...path, 'headers', name], message: 'is set by Parley itself; leave it out' });
    uses(['headers', name], text, { arguments: false, secrets: true });
  }
  for (const [where, text] of textsOf(tool.body, ['body'])) uses(where, text, { arguments: true, secrets: true });
  if (tool.body && tool.method === 'GET')
    found.push({ path: [...path, 'body'], message: 'cannot be sent with GET; use another method, or leave it out' });
  if (tool.say) uses(['say'], tool.say, { arguments: false, secrets: false });
  if (tool.on_error) uses(['on_error'], tool.on_error, { arguments: false, secrets: false });
  for (const name of given.filter((each) => checks.variables?.includes(each)))
    found.push({
      path: [...path, 'arguments', name],
      message: `is the name of a variable too; {{${name}}} would mean both: give one of them another name`,
    });
  return found;
}

function checkMcpServer(server: McpServer, path: FieldPath, checks: ToolChecks): Found[] {
  const { url, command, headers, env } = server;
  const found: Found[] = [];
  if ((url === undefined) === (command === undefined))
    found.push({ path, message: 'needs either the `url` of a server or the `command` that is one' });
  if (url !== undefined) found.push(...checkUrl(url, [...path, 'url'], checks));
  // One connection serves all calls: nothing of a single call can be in it.
  const connection = { ...checks, variables: [] };
  const texts = [...textsOf(headers, ['headers']), ...textsOf(env, ['env']), ...textsOf(url ?? '', ['url'])];
  for (const [where, text] of texts) {
    const options = { checks: connection, given: [], allowed: { arguments: false, secrets: where[0] !== 'url' } };
    found.push(...unknownNames([...path, ...where], text, options));
  }
  for (const field of ['say', 'on_error'] as const) {
    const options = { checks, given: [], allowed: { arguments: false, secrets: false } };
    found.push(...unknownNames([...path, field], server[field] ?? '', options));
  }
  return found;
}

/** Headers that carry the promise that an effect happens once, or that HTTP itself needs. */
const ownHeaders = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'idempotency-key',
  'parley-resume-url',
]);

/** What the text of an address tells against it; a host is written out, so that no value of a call can choose it. */
export function checkUrl(url: string, path: FieldPath, { urlProblem }: Pick<ToolChecks, 'urlProblem'>): Found[] {
  const origin = /^https?:\/\/[^/?#]+/i.exec(url)?.[0];
  if (origin === undefined)
    return [{ path, message: `must be a web address, such as https://api.example.com/orders, it is "${url}"` }];
  if (variablesIn(origin).length > 0)
    return [
      {
        path,
        message:
          'must have its host written out: a variable there could send your secrets to anybody. Put it into the path',
      },
    ];
  const plain = url.replace(/\{\{[^{}]*\}\}/g, 'x');
  if (!URL.canParse(plain)) return [{ path, message: `is not a web address, it is "${url}"` }];
  const { username, password } = new URL(plain);
  if (username || password)
    return [{ path, message: 'holds a password; use a header: `Authorization: Basic {{secret.NAME}}`' }];
  const message = urlProblem?.(plain);
  return message ? [{ path, message }] : [];
}

function unknownNames(
  path: FieldPath,
  text: string,
  options: { checks: ToolChecks; given: readonly string[]; allowed: { arguments: boolean; secrets: boolean } },
): Found[] {
  const { checks, given, allowed } = options;
  const { variables, secrets } = checks;
  return variablesIn(text).flatMap((name): Found[] => {
    const secret = name.startsWith(secretPrefix) ? name.slice(secretPrefix.length) : undefined;
    if (secret !== undefined) {
      if (!allowed.secrets) return [{ path, message: `uses {{${name}}}, and a secret is never told to anybody` }];
      if (!secrets || secrets.includes(secret)) return [];
      const message = `uses {{${name}}}, and there is no secret ${secret}: set it in the environment, or in the file that PARLEY_SECRETS_FILE names`;
      return [{ path, message }];
    }
    if (allowed.arguments && given.includes(name)) return [];
    // What is asked for goes where secrets go, and nowhere else.
    if (allowed.secrets && checks.asked?.includes(name)) return [];
    if (!variables || variables.includes(name)) return [];
    const all = [...variables, ...(allowed.arguments ? given : [])];
    const meant = didYouMean(name, all);
    const what = allowed.arguments ? 'neither a variable nor an argument' : 'not a variable';
    const cure = meant
      ? `did you mean {{${meant}}}?`
      : `add \`${name}\` to ${allowed.arguments ? '`arguments` or ' : ''}\`variables\``;
    return [{ path, message: `uses {{${name}}}, which is ${what}; ${cure}` }];
  });
}

/** Every text within a value, with its place. */
function textsOf(value: unknown, path: FieldPath): [FieldPath, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((each, index) => textsOf(each, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => textsOf(each, [...path, name]));
}
