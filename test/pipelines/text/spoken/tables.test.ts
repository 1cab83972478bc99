import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { flush } from '../../../../pipelines/wire/transcriber.ts';
import { speakable } from '../../../../pipelines/text/spoken/speakable.ts';

/** A table holds one case a line, `written ⇒ spoken`, under headings that begin with `# ` and name a kind. */
function casesOf(name: string): { kind: string; written: string; spoken: string }[] {
  const lines = readFileSync(new URL(`${name}.txt`, import.meta.url), 'utf8').split('\n');
  let kind = '';
  return lines.flatMap((line) => {
    const [written = '', spoken] = line.split(' ⇒ ');
    if (spoken === undefined) {
      if (line.startsWith('# ')) kind = line.slice(2);
      else expect(line).toBe('');
      return [];
    }
    return [{ kind, written, spoken }];
  });
}

async function said(text: string, language: string): Promise<string> {
  const whole = (async function* () {
    yield text;
  })();
  let spoken = '';
  for await (const item of speakable(whole, { language, pronunciation: {} })) if (item !== flush) spoken += item;
  return spoken.trim();
}

describe.each([
  ['english', 'en-US'],
  ['english-british', 'en-GB'],
  ['german', 'de-DE'],
  ['spanish', 'es-ES'],
  ['french', 'fr-FR'],
  ['dutch', 'nl-NL'],
])('%s', (name, language) => {
  test.each(casesOf(name))('$kind: $written', async ({ written, spoken }) => {
    expect(await said(written, language)).toBe(spoken.trim());
  });
});
