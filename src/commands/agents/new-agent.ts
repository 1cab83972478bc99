import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { agentSchema } from '../../agent-files/agent.ts';
import { describeProblem } from '../../agent-files/agent-problem.ts';
import type { KnownNames } from '../../agent-files/check-references.ts';
import { parseAgent } from '../../agent-files/parse-agent.ts';
import type { Ask } from './ask-on-terminal.ts';
import { UsageError } from '../usage-error.ts';

/** The five questions, by their options. An answer is required where there is no default. */
export const agentQuestions = {
  about: { question: 'What does the agent do, in one line?', example: 'Front desk of a bakery.' },
  greeting: { question: 'What does it say first?', example: 'Good morning, how can I help?' },
  language: { question: 'Which language does it speak?', default: 'en-US' },
  knows: { question: 'What does it need to know, such as opening hours?', default: '' },
  transfer: { question: 'Which number does it connect callers to who want a person, as +15551234567?', default: '' },
} as const satisfies Record<string, { question: string } & ({ example: string } | { default: string })>;

export type AgentAnswers = Record<keyof typeof agentQuestions, string>;

/**
 * Writes the file of a new agent from five answers: those given, else asked for, else the defaults. Resolves with its path; the
 * file is one that `parley agents` accepts.
 * @throws UsageError when an answer is missing or does not fit, or the file is there already
 */
export async function newAgent(
  name: string | undefined,
  given: Partial<AgentAnswers>,
  deps: { folder: string; known: KnownNames; ask?: Ask | undefined },
): Promise<string> {
  if (!name) throw new UsageError('Say what the agent is called, such as: parley agents new bakery');
  const file = join(deps.folder, `${name}.md`);
  const text = agentText(await answersFor(given, deps.ask));
  const { problems } = parseAgent(text, file, deps.known);
  if (problems) throw new UsageError(`No file was written:\n${problems.map(describeProblem).join('\n')}`);
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new UsageError(`${file} is there already. Choose another name.`);
    throw new Error(`${file} cannot be written (${code}). Set PARLEY_AGENTS_DIR to a folder that can be written.`);
  }
  return file;
}

async function answersFor(given: Partial<AgentAnswers>, ask: Ask | undefined): Promise<AgentAnswers> {
  const answers = { ...given };
  for (const [name, question] of Object.entries(agentQuestions) as [keyof AgentAnswers, { question: string }][]) {
    const hint = 'example' in question ? ` (such as: ${String(question.example)})` : '';
    const preset = 'default' in question ? String(question.default) : undefined;
    const prompt = `${question.question}${hint}${preset ? ` [${preset}]` : ''}\n> `;
    const answer = (given[name] ?? (await ask?.(prompt)) ?? '').trim() || preset;
    if (answer === undefined) throw new UsageError(`An answer is missing: ${question.question} Give it as --${name}.`);
    answers[name] = answer;
  }
  return answers as AgentAnswers;
}

/** The file: settings as YAML, quoted where YAML would read something else, then the prompt. */
function agentText({ about, greeting, language, knows, transfer }: AgentAnswers): string {
  const isEnglish = /^en\b/i.test(language);
  const settings = {
    description: about,
    ...(language === agentQuestions.language.default ? {} : { language }),
    greeting,
    ...(isEnglish ? {} : sentencesToTranslate(transfer !== '')),
    tools: ['take-message', ...(transfer ? ['transfer-call'] : []), 'end-call'],
    ...(transfer ? { transfers: [{ name: 'person', to: transfer, when: 'the caller asks for a person' }] } : {}),
    ...(isEnglish ? { script: messageScript } : {}),
  };
  const lines = [
    `${about} You are on the telephone${isEnglish ? '' : `, and speak ${languageName(language)}`}. Be brief and friendly: one or two short sentences at a time.`,
    ...(knows ? ['What you know:', knows] : []),
    'If you do not know something, say so and offer to take a message: ask for the name, the number and what it is about, then call `take_message`.',
    ...(transfer ? ['If the caller asks for a person, call `transfer_call`.'] : []),
    'Say goodbye and call `end_call` when the caller has nothing more.',
  ];
  return `---\n${stringify(settings, { lineWidth: 0 })}---\n\n${lines.join('\n\n')}\n`;
}

/** What an agent says by itself, in English until it is translated. */
function sentencesToTranslate(hasTransfers: boolean) {
  const { goodbye, apology, filler, trouble, check_in, connecting, not_connected } = agentSchema.shape;
  const always = { goodbye, apology, filler, trouble, check_in };
  const fields = hasTransfers ? { ...always, connecting, not_connected } : always;
  return Object.fromEntries(Object.entries(fields).map(([field, schema]) => [field, schema.parse(undefined)]));
}

function languageName(language: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language;
  } catch {
    return language;
  }
}

/** With it the agent answers without a language model, too: it takes a message. */
const messageScript = {
  tasks: [
    {
      id: 'message',
      examples: [
        'can I leave a message',
        'please call me back',
        'I would like to talk to somebody',
        'I have a question',
      ],
      slots: [
        { id: 'name', ask: 'Who is calling, please?', kind: 'name' },
        { id: 'number', ask: 'What number can we call you back on?', kind: 'phone' },
        { id: 'message', ask: 'What should I pass on?', kind: 'text' },
      ],
      confirm: 'So that is {{name}}, {{number}}: {{message}}. Is that right?',
      tool: 'take-message',
      done: 'Thank you, I have passed that on.',
    },
  ],
};
