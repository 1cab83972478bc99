/** What the operator's backend says about a call that comes in. */
export type Advice = {
  /** Over those of the agent and of the call. */
  variables: Record<string, string>;
  /** The agent that is to take the call. */
  agent?: string;
  /** BCP 47. */
  language?: string;
  /** The call is not taken; why, if that was said. */
  refused?: { reason?: string };
};

/** `notes`: what of it does not fit and is left out, for the operator. */
export type ReadAdvice = { advice: Advice; notes: string[] };

const variableName = /^[a-z][a-z0-9_]*$/;
const mostVariables = 100;
const longestValue = 4_000;

/**
 * Reads the answer of a backend: `{ variables?, agent?, language?, refuse? }`. What does not fit is left out and told; the rest
 * counts. An empty answer is no advice.
 */
export function readAdvice(answer: unknown): ReadAdvice {
  const notes: string[] = [];
  if (answer === undefined) return { advice: { variables: {} }, notes };
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
    return { advice: { variables: {} }, notes: ['The answer is not a JSON object.'] };
  const given = answer as Record<string, unknown>;
  const text = (name: string): string | undefined => {
    const value = given[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && value !== '') return value;
    notes.push(`\`${name}\` is not a text.`);
    return undefined;
  };
  const agent = text('agent');
  const language = text('language');
  const advice: Advice = {
    variables: variablesOf(given['variables'], notes),
    ...(agent !== undefined && { agent }),
    ...(language !== undefined && { language }),
    ...refusalOf(given['refuse'], notes),
  };
  const unknown = Object.keys(given).filter((name) => !['variables', 'agent', 'language', 'refuse'].includes(name));
  if (unknown.length > 0) notes.push(`There is no field ${unknown.slice(0, 5).join(', ')}.`);
  return { advice, notes };
}

function variablesOf(value: unknown, notes: string[]): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    notes.push('`variables` is not a JSON object.');
    return {};
  }
  const read = Object.entries(value).flatMap(([name, each]): [string, string][] => {
    if (!variableName.test(name)) notes.push(`"${name.slice(0, 40)}" cannot be the name of a variable.`);
    else if (each === null) return [[name, '']];
    else if (!['string', 'number', 'boolean'].includes(typeof each))
      notes.push(`\`variables.${name}\` is neither a text nor a number.`);
    else return [[name, String(each).slice(0, longestValue)]];
    return [];
  });
  if (read.length > mostVariables) notes.push(`Only the first ${mostVariables} variables count.`);
  return Object.fromEntries(read.slice(0, mostVariables));
}

function refusalOf(value: unknown, notes: string[]): Pick<Advice, 'refused'> {
  if (value === undefined || value === null || value === false) return {};
  if (value === true) return { refused: {} };
  if (typeof value === 'string' && value !== '') return { refused: { reason: value.slice(0, 200) } };
  notes.push('`refuse` is neither true nor a reason.');
  return {};
}
