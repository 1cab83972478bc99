import type { Agent } from '../../agent-files/agent.ts';
import { standardSentences } from '../../agent-files/standard-sentences.ts';
import type { CallEvent } from '../../calls/call.ts';

/** Whether a session may record: at once, not at all, or as the caller answers. */
export type Consent = 'given' | 'refused' | 'to_be_asked';

/** What has to be said before the greeting. */
export type Formalities = {
  consent: Consent;
  /** Heard to its end: that an AI speaks, that the call is recorded. */
  notice: string | undefined;
  question: string | undefined;
  /** Where the answer was neither yes nor no; where there is no such sentence the question is repeated. */
  again: string | undefined;
  notRecorded: string | undefined;
};

/**
 * What a session of a call has to say and may record. What an earlier session announced is not announced again, and who was not
 * heard to agree then is not recorded.
 */
export function formalitiesOf(agent: Agent, earlier: readonly CallEvent[] | undefined): Formalities {
  const { recording, disclosure } = agent;
  const standard = standardSentences(agent.language);
  const disclosed = earlier?.some(({ type }) => type === 'call.disclosed') ?? false;
  const said = disclosure === true ? standard?.disclosure : disclosure || undefined;
  const announcement = recording?.consent === 'announce' ? (recording.text ?? standard?.announcement) : undefined;
  const consent = consentOf(agent, earlier);
  const asks = consent === 'to_be_asked';
  return {
    consent,
    notice: disclosed ? undefined : [said, announcement].filter(Boolean).join(' ') || undefined,
    question: asks ? (recording?.text ?? standard?.question) : undefined,
    again: asks ? standard?.again : undefined,
    notRecorded: asks ? standard?.notRecorded : undefined,
  };
}

function consentOf({ recording }: Agent, earlier: readonly CallEvent[] | undefined): Consent {
  if (!recording) return 'refused';
  if (recording.consent !== 'ask') return 'given';
  if (!earlier) return 'to_be_asked';
  const answer = earlier.findLast(({ type }) => type === 'recording.consent')?.data['answer'];
  return answer === 'yes' ? 'given' : 'refused';
}

/** What an answer to "may we record?" means; a no beside a yes is a no. */
export function readAnswer(words: string, { recording, language }: Agent): 'yes' | 'no' | 'unclear' {
  const standard = standardSentences(language);
  const text = ` ${words
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[^\p{L}\p{N}'-]+/gu, ' ')
    .trim()} `;
  const yes = spokenOf(recording?.yes ?? standard?.yes ?? []);
  const no = spokenOf(recording?.no ?? standard?.no ?? []);
  // "No problem" holds a no, and is a yes.
  const agreed = yes.filter((phrase) => text.includes(phrase));
  const rest = agreed.reduce((left, phrase) => left.replaceAll(phrase, ' '), text);
  if (no.some((phrase) => rest.includes(phrase))) return 'no';
  return agreed.length > 0 ? 'yes' : 'unclear';
}

function spokenOf(phrases: readonly string[]): string[] {
  return phrases.map((phrase) => ` ${phrase.toLowerCase().trim()} `).toSorted((a, b) => b.length - a.length);
}
