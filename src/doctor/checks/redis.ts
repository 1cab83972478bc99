import type { Check } from '../check.ts';
import { connectionTrouble, hostAndPort } from '../connection-trouble.ts';
import { failed, ok, skipped } from '../finding.ts';

export const redis: Check = {
  about: 'Redis of `REDIS_URL`: reached, and the password taken. That of LiveKit shows in `sip`.',
  reads: ['REDIS_URL'],
  async run({ config, pingRedis }, signal) {
    const url = config.REDIS_URL;
    if (!url)
      return skipped(
        'REDIS_URL is not set: each `serve` counts requests by itself. LiveKit has a Redis of its own, see sip.',
      );
    const at = hostAndPort(new URL(url));
    try {
      await pingRedis(url, signal);
      return ok(`Redis at ${at} answers.`);
    } catch (error) {
      const { message } = error as Error;
      if (/NOAUTH|WRONGPASS|invalid (username-)?password|without any password/i.test(message))
        return failed(
          `Redis at ${at} refuses the password.`,
          'Write redis://:PASSWORD@host:6379 in REDIS_URL, percent-encoded.',
        );
      const trouble = connectionTrouble(error, { who: 'Redis', at, setting: 'REDIS_URL' });
      return failed(trouble.message, trouble.cure);
    }
  },
};
