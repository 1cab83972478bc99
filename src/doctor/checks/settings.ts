import { didYouMean } from '../../agent-files/did-you-mean.ts';
import { settings as known } from '../../settings.ts';
import type { Check } from '../check.ts';
import { unencodedPassword } from '../unencoded-password.ts';
import { failed, ok, warning } from '../finding.ts';

export const settings: Check = {
  about: 'Every setting: all that are wrong, lines of `.env` that the environment overrules, misspelt names.',
  async run({ config, reading }) {
    const findings = reading.problems.map(({ name, message }) => {
      const [what, cure] = halves(message);
      const special = name === 'DATABASE_URL' && unencodedPassword(config.given.DATABASE_URL);
      return failed(what, special || cure);
    });
    for (const name of reading.overruled)
      findings.push(
        warning(
          `${name} is set in .env, but the environment has another value, which wins.`,
          `Remove one of the two: \`unset ${name}\`, or its line in .env.`,
        ),
      );
    for (const name of reading.unknown) {
      const meant = didYouMean(name, Object.keys(known));
      // Other programs have settings in the same file, so only what looks misspelt is worth a word.
      if (meant && /^(PARLEY|LIVEKIT|SIP|AGENTS)_/.test(name) && !(name in ofCompose))
        findings.push(
          warning(`.env has ${name}, which is not a setting of Parley.`, `If ${meant} is meant, rename it.`),
        );
    }
    const count = Object.keys(config.given).length;
    return findings.length > 0 ? findings : ok(`${count} ${count === 1 ? 'is' : 'are'} given, all are right.`);
  },
};

/** Read by docker-compose.yml from the same file. */
const ofCompose = {
  LIVEKIT_PORT: true,
  LIVEKIT_RTC_TCP_PORT: true,
  LIVEKIT_RTC_PORT_RANGE_START: true,
  LIVEKIT_RTC_PORT_RANGE_END: true,
  PARLEY_VERSION: true,
};

/** What is wrong, and the cure that follows it. */
function halves(message: string): [string, string] {
  const end = /(?<=(is not valid|is missing)\.) /.exec(message)?.index ?? message.length;
  return [message.slice(0, end), message.slice(end).trim() || 'See docs/configuration.md.'];
}
