/**
 * Names of open models that think before they answer, as their own templates begin the thought: a server without a parser for
 * it sends only where it ends. Hosted services tell thoughts apart, and Ollama is asked for none.
 */
const thinkerNames =
  /(?:^|[-/_:.])(?:r1|qwq|magistral|gpt-oss|glm-?[45]|minimax-m\d|nemotron|exaone-deep|deepseek-(?:r|v3\.[12])|qwen3|hunyuan|seed-oss|thinking|thinker|reason(?:er|ing)?)(?![a-z])/i;

/** Whether a model may think aloud without a mark where that begins. */
export function looksLikeThinker(provider: string, model: string): boolean {
  return provider === 'openai-compatible-llm' && thinkerNames.test(model);
}

/** Words before a reasoning model comes to what it reasons about. */
const leadIns = [
  '',
  'okay',
  'ok',
  'alright',
  'hmm',
  'so',
  'okay so',
  'alright so',
  'well',
  'first',
  'now',
  'right',
  'wait',
  'let me see',
  'let me think',
  'okay let me see',
  'okay let me think',
];
/** How it speaks of the person it is talking to, and of its own answer: nobody speaks so to a caller. */
const people = ['the user', 'the caller', 'user'];
const acts = [
  'is',
  'has',
  'wants',
  'want',
  'ask',
  'say',
  'said',
  'just',
  'might',
  'may',
  'seems',
  'needs',
  'wrote',
  '"',
];
const plans = ['answer', 'respond', 'reply', 'greet', 'tell them', 'tell the user', 'tell the caller'];
const subjects = [
  ...people.flatMap((person) => acts.map((act) => `${person} ${act}`)),
  ...['we need to', 'we should', 'i need to', 'i should'].flatMap((must) => plans.map((plan) => `${must} ${plan}`)),
  'they want',
  'they are asking',
  "they're asking",
];
const openings = leadIns.flatMap((leadIn) => subjects.map((subject) => `${leadIn} ${subject}`.trimStart()));

/**
 * Whether an answer begins as a thought does (`Okay, the user is asking …`), for models whose servers send the end of a thought
 * and not its beginning; undefined while its first words may still become that.
 */
export function opensAsThought(text: string): boolean | undefined {
  const said = text
    .trimStart()
    .toLowerCase()
    .replaceAll(/[,.…:\s-]+/g, ' ');
  if (openings.some((opening) => said.startsWith(opening))) return true;
  return openings.some((opening) => opening.startsWith(said)) ? undefined : false;
}
