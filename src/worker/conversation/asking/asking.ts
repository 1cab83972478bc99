import { llm } from '@livekit/agents';
import { type Asked, digitsOf } from '../../../agent-files/ask.ts';
import type { ToldOutcome } from '../../../calls/tools/tool-outcome.ts';
import type { Log } from '../../../telemetry/logger.ts';
import type { CallLog } from '../../call/call-log.ts';
import { filled } from '../agent-session.ts';
import type { CallAgent } from '../call-agent.ts';
import type { Holder } from '../handoff/hand-offs.ts';
import { Digits, type Given } from './digits.ts';

/** After a secret was said, what the recogniser still reports of it is dropped for this long. */
const afterSecretMs = 1_500;
/** Whoever looks for their card first may press it late: for this long after the question nobody sees what is pressed. */
const lateKeysMs = 10_000;
/** How often it is asked for. */
const mostTimes = 2;

type Session = {
  say(text: string, options: { allowInterruptions: boolean }): { waitForPlayout(): Promise<unknown> };
  interrupt(options: { force: boolean }): unknown;
};

type Asks = Pick<CallAgent, 'listener' | 'dropsKeysUntilMs'>;

type Parts = {
  /** Keeps the caller's sound out of the recording, until the function that it returns is called. */
  pauseRecording: () => () => void;
  record: Pick<CallLog, 'add'>;
  log: Log;
  /** Resolves after so long, or when the signal is aborted. */
  pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
};

/**
 * Asks for digits, which may be pressed or said. While it waits, nothing that is heard is answered. Words of a secret are taken before
 * anybody sees them: they are in no transcript, no trace, no log and no recording, and the model is told no more than that it has them.
 */
export class Asking {
  readonly #parts: Parts;
  readonly #answers = new Map<string, { digits: string; secret: boolean }>();
  #session: Session | undefined;
  #agent: Asks | undefined;
  #busy = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  attach(session: Session, agent: Asks): void {
    this.#session = session;
    this.#agent = agent;
  }

  /** What was given so far, by name, for requests of tools. */
  get answers(): Record<string, string> {
    return Object.fromEntries([...this.#answers].map(([name, { digits }]) => [name, digits]));
  }

  /** What no answer of a server may tell. */
  get secrets(): string[] {
    return [...this.#answers.values()].flatMap(({ digits, secret }) => (secret ? [digits] : []));
  }

  /** @throws ToolError, for the model that asked, where nothing can be asked for */
  slot(name: string, { agent }: Holder): Asked {
    const asked = agent.ask.find((each) => each.name === name);
    if (!asked || !this.#session || !this.#agent) throw new llm.ToolError(`Nothing called "${name}" can be asked for.`);
    if (this.#busy) throw new llm.ToolError('Something is being asked for already. Wait for it.');
    return asked;
  }

  /** Asks, waits for the answer, and asks once more where it does not fit. Never rejects. */
  async ask(asked: Asked, { agent, variables }: Holder): Promise<ToldOutcome> {
    const { record, log } = this.#parts;
    this.#busy = true;
    try {
      const given = await this.#listening(asked, agent.language, (digits, next) =>
        this.#askFor(asked, { digits, next, variables }),
      );
      const { name, secret } = asked;
      const shown = given && !secret ? { digits: given.digits } : {};
      record.add({ events: [{ type: 'digits.asked', data: { name, secret, given: given?.by ?? null, ...shown } }] });
      if (!given) return { outcome: 'failed', note: noneGiven(asked) };
      this.#answers.set(name, { digits: given.digits, secret });
      if (!secret) return { outcome: 'done', answer: given.digits };
      const note = `It was given, and nobody may know it. Requests of tools that need it have it as {{${name}}}: go on, and never ask what it was.`;
      return { outcome: 'done', note };
    } catch (error) {
      log('error', 'something could not be asked for', { name: asked.name, error });
      return { outcome: 'failed', note: 'It could not be asked for.' };
    } finally {
      this.#busy = false;
    }
  }

  /** Takes everything that comes in meanwhile. */
  async #listening(
    asked: Asked,
    language: string,
    work: (digits: Digits, next: () => Promise<void>) => Promise<Given | undefined>,
  ): Promise<Given | undefined> {
    const { pauseRecording, pause } = this.#parts;
    const agent = this.#agent!;
    const digits = new Digits(asked, language);
    let came = Promise.withResolvers<void>();
    const news = () => {
      came.resolve();
      came = Promise.withResolvers<void>();
    };
    const resume = asked.secret ? pauseRecording() : undefined;
    agent.listener = {
      words: (said) => {
        digits.words(said);
        news();
      },
      key: (key) => {
        digits.key(key);
        news();
      },
      secret: asked.secret,
    };
    try {
      return await work(digits, () => came.promise);
    } finally {
      // The recogniser may report late what was said last.
      if (asked.secret) await pause(afterSecretMs);
      if (asked.secret) agent.dropsKeysUntilMs = performance.now() + lateKeysMs;
      agent.listener = undefined;
      resume?.();
    }
  }

  async #askFor(
    asked: Asked,
    of: { digits: Digits; next: () => Promise<void>; variables: Holder['variables'] },
  ): Promise<Given | undefined> {
    const { pause } = this.#parts;
    const session = this.#session!;
    for (let times = 1; times <= mostTimes; times += 1) {
      const text = times === 1 ? asked.say : (asked.again ?? asked.say);
      const speech = session.say(filled(text, of.variables), { allowInterruptions: false });
      const first = await Promise.race([speech.waitForPlayout().then(() => 'said' as const), of.next()]);
      // Whoever knows what to press need not hear it out.
      if (first !== 'said') session.interrupt({ force: true });
      while (!of.digits.whole) {
        const late = new AbortController();
        const timer = pause(asked.timeout_seconds * 1000, late.signal).then(() => 'late' as const);
        const ended = await Promise.race([of.next(), timer]);
        late.abort();
        if (ended === 'late') break;
      }
      const { given } = of.digits;
      if (given) return given;
      of.digits.clear();
    }
    return undefined;
  }
}

function noneGiven(asked: Asked): string {
  const { min, max } = digitsOf(asked);
  const many = min === max ? `${min}` : `${min} to ${max}`;
  return `Nothing of ${many} digits was given, though it was asked for twice. Do not ask a third time: offer another way.`;
}
