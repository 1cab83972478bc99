import type { voice } from '@livekit/agents';
import type { Agent } from '../../agent-files/agent.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallLog } from '../call/call-log.ts';
import { type Formalities, readAnswer } from '../recording/consent.ts';
import { type PreparedSpeech, sayPrepared } from '../sound/prepare-speech.ts';
import type { CallAgent } from './call-agent.ts';

/** What is said before the greeting, and the greeting, each already sound. */
export type OpeningSpeech = { greeting: PreparedSpeech } & {
  [Part in Exclude<keyof Formalities, 'consent'>]: PreparedSpeech | undefined;
};

/** Everything that a caller may hear before the conversation, as sound. */
export async function prepareOpening(
  { greeting, formalities }: { greeting: string; formalities: Formalities },
  prepare: (text: string) => Promise<PreparedSpeech>,
): Promise<OpeningSpeech> {
  const sound = async (text: string | undefined) => (text === undefined ? undefined : prepare(text));
  const { notice, question, again, notRecorded } = formalities;
  const [greets, ...rest] = await Promise.all([
    prepare(greeting),
    ...[notice, question, again, notRecorded].map(sound),
  ]);
  return { greeting: greets, notice: rest[0], question: rest[1], again: rest[2], notRecorded: rest[3] };
}

/** Who says neither yes nor no is asked so often; then it was a no. */
const mostQuestions = 2;

type Options = {
  session: voice.AgentSession;
  callAgent: Pick<CallAgent, 'takes'>;
  agent: Agent;
  speech: OpeningSpeech;
  record: Pick<CallLog, 'add'>;
  /** The caller agreed to be recorded. */
  onConsent: () => void;
  log: Log;
};

/** The first words of a session: what has to be said, whether the call may be recorded, the greeting. */
export class Opening {
  readonly #options: Options;
  #noticed = false;
  #answered = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Speaks; again, for somebody who comes after a machine, without what is settled by then. */
  begin(): void {
    const { speech } = this.#options;
    if (speech.notice && !this.#noticed) void this.#notice(speech.notice);
    if (speech.question && !this.#answered) this.#ask(speech.question, 1);
    else this.#greet();
  }

  /** Nobody can talk over it. Only what was heard to its end counts as said. */
  async #notice(notice: PreparedSpeech): Promise<void> {
    const { session, agent, record, log } = this.#options;
    try {
      const said = sayPrepared(session, notice, { allowInterruptions: false });
      await said.waitForPlayout();
      if (said.interrupted || this.#noticed) return;
      this.#noticed = true;
      const data = { ai: agent.disclosure !== false, recording: agent.recording?.consent === 'announce' };
      record.add({ events: [{ type: 'call.disclosed', data }] });
    } catch (error) {
      log('warn', 'what has to be said first could not be spoken', { error });
    }
  }

  #ask(question: PreparedSpeech, times: number): void {
    const { session, agent, callAgent, record, speech, onConsent } = this.#options;
    sayPrepared(session, question, { allowInterruptions: true });
    callAgent.takes = (words) => {
      const answer = readAnswer(words, agent);
      if (answer === 'unclear' && times < mostQuestions) return this.#ask(speech.again ?? question, times + 1);
      this.#answered = true;
      callAgent.takes = undefined;
      record.add({ events: [{ type: 'recording.consent', data: { answer } }] });
      if (answer === 'yes') onConsent();
      else if (speech.notRecorded) sayPrepared(session, speech.notRecorded, { allowInterruptions: true });
      this.#greet();
    };
  }

  #greet(): void {
    const { session, agent, speech } = this.#options;
    sayPrepared(session, speech.greeting, { allowInterruptions: agent.turn.interruptible });
  }
}
