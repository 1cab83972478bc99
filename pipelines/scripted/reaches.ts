import { createIntentMatcher } from './reading/match-intents.ts';

/** Whom a call can reach beside the agent, and how it can be reached itself. */
export type Reaches = {
  /** Destinations of the tool `transfer-call`; none when the agent has not that tool. */
  transfers: readonly { name: string; when: string }[];
  /** E.164 number of the other person's phone; absent in a browser and where it is withheld. */
  callNumber?: string | undefined;
};

export const reachesNobody: Reaches = { transfers: [] };

/** From here on a destination is what the caller asks for. */
const meant = 0.5;

/** What a destination for everybody is described with. */
const forAnybody =
  /\b(?:person|human|people|somebody|someone|staff|reception|receptionist|front|desk|operator|anything|any other)\b/i;

/** Who takes callers that ask for a person and say nothing else. */
export function generalDestination({ transfers }: Reaches): string | undefined {
  return (transfers.find(({ name, when }) => forAnybody.test(`${name} ${when}`)) ?? transfers[0])?.name;
}

/** Finds the destination for what a caller said: the one meant by name or purpose, else undefined. */
export function destinationFinder({ transfers }: Reaches): (utterance: string) => string | undefined {
  const match = createIntentMatcher(
    transfers.map(({ name, when }) => ({ id: name, examples: [when, name.replace(/[-_]/g, ' ')] })),
  );
  return (utterance) => match(utterance).find(({ score }) => score >= meant)?.id;
}
