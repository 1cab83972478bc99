import { type SQL, sql } from 'drizzle-orm';
import { calls, callTurns, wordsOfTurn } from '../schema/calls.ts';
import { storable } from '../connection/storable.ts';

const mostTerms = 10;

/** A condition per word or quoted phrase: some turn of the call has it. A word is found by its beginning, a phrase as a whole. */
export function saidInCall(said: string): SQL[] {
  const terms = [...storable(said).matchAll(/"([^"]+)"|[^\s"]+/g)].map(([word, phrase]) => ({ word, phrase }));
  return terms
    .filter(({ word }) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, mostTerms)
    .map(
      ({ word, phrase }) => sql`EXISTS (
        SELECT FROM ${callTurns} WHERE ${callTurns.callId} = ${calls.id}
          AND ${wordsOfTurn(callTurns.text)} @@ ${phrase === undefined ? beginning(word) : whole(phrase)})`,
    );
}

function whole(phrase: string): SQL {
  return sql`phraseto_tsquery('simple', ${phrase})`;
}

/** What is no word to PostgreSQL becomes null, which nothing matches. */
function beginning(word: string): SQL {
  return sql`(nullif(${whole(word)}::text, '') || ':*')::tsquery`;
}
