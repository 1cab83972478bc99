import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/**
 * A clock that is set, by hand or by NTP, must not end a call, keep one waiting or lose a job: how long something takes is measured
 * with `performance.now()`, and a time that several machines have to agree on is the database's. `Date.now()` tells what time it is,
 * and stands in these files only, for these reasons.
 */
const mayAskTheWallClock: Record<string, string> = {
  'pipelines/failure.ts': 'Retry-After as a date',
  'pipelines/fallback/provider-health.ts': 'a time that is shown, and bounded where another process counts from it',
  'pipelines/wire/voice.ts': 'the SDK’s own clock',
  'src/calls/campaigns/place-recipient.ts': 'a day of the calendar',
  'src/calls/place/answer-waiting-phones.ts': 'LiveKit’s time, together with a monotonic one',
  'src/calls/tools/try-tool.ts': 'Retry-After as a date',
  'src/dispatch/webhook/send-webhook.ts': 'Retry-After as a date',
  'src/doctor/certificate-end.ts': 'the end of a certificate',
  'src/doctor/checks/clock.ts': 'the wall clock is what it checks',
  'src/http/https.ts': 'the end of a certificate',
  'src/http/routes/operator/keys.ts': 'a date that a person chose',
  'src/http/shapes/dispatch-fields.ts': 'a date that a person chose',
  'src/livekit/rooms.ts': 'LiveKit’s time, bounded',
  'src/scenarios/sound/run-sound.ts': 'laid beside the recorded times of a call',
  'src/scenarios/text/text-output.ts': 'the SDK’s own clock',
  'src/stack/models/folder-lock.ts': 'the time of a file',
  'src/store/overview/overview-store.ts': 'the calendar',
  'src/store/recordings/folder.ts': 'the time of a file',
  'src/store/tenants/key-store.ts': 'a date that is shown',
  'src/telemetry/call-trace.ts': 'times of spans',
  'src/worker/call/call-account.ts': 'how long ago the SDK says that something was, bounded',
  'src/worker/call/call-work.ts': 'what the SDK’s times count from',
  'src/worker/conversation/handoff/hand-offs.ts': 'laid beside the SDK’s times',
  'src/worker/conversation/observe.ts': 'laid beside the SDK’s times',
  'src/worker/conversation/sdk-pins.ts': 'the SDK’s own clock, bounded',
  'src/worker/conversation/tools/late-answers.ts': 'the SDK’s own clock',
  'src/worker/host/worker-link.ts': 'a field of LiveKit’s protocol',
  'src/worker/line/supervisor/hear-supervisor.ts': 'laid beside the SDK’s times',
  'src/worker/recording/record-call.ts': 'the offset of the recording from the answer, read once',
  'src/worker/sound/audio-output.ts': 'the SDK’s own clock',
};

const sources = ['src', 'pipelines', 'telephony'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('web'))
    .map((name) => join(folder, name)),
);
const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

test('nothing is measured with a clock that can be set', () => {
  const found = sources.filter((file) => /\bDate\.now\b/.test(withoutComments(readFileSync(file, 'utf8'))));
  expect(found.toSorted()).toEqual(Object.keys(mayAskTheWallClock));
});
