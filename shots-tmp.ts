import { OggOpusWriter } from './src/worker/recording/ogg-opus.ts';
import { SideEncoder } from './src/worker/recording/side.ts';
import { openConsole } from './test/web/open-console.ts';
import { readFileSync } from 'node:fs';
const wav = readFileSync('bench/speech/hours.wav');
const speech = new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length - (wav.length % 2)));
const livekit = { url: 'ws://127.0.0.1:1', apiKey: 'k', apiSecret: 'secretsecretsecretsecretsecretsecret' };
for (const [colorScheme, width] of [['light', 1280], ['dark', 390]] as const) {
  const opened = await openConsole({ livekit, samples: 8, colorScheme, width, height: 1000 });
  const kept = opened.server.calls.find(({ call }) => call.phoneNumber === '+442079460018')!;
  const endMs = Math.max(...kept.turns.map(({ endedMs }) => endedMs));
  const sides = { caller: await SideEncoder.create(), agent: await SideEncoder.create() };
  const ogg = new OggOpusWriter({ serial: 1, preSkip: 312 });
  const pieces: Uint8Array[] = [ogg.head({}, 16000)];
  const at = (side: string, ms: number) => { const t = kept.turns.find(({ role, startedMs, endedMs }) => role === side && startedMs <= ms && ms < endedMs); if (!t) return new Int16Array(320); const s = ((ms - t.startedMs) * 16) % (speech.length - 320); return speech.subarray(s, s + 320); };
  for (let ms = 0; ms < endMs; ms += 20) { ogg.add(sides.caller.encode(at('caller', ms)), sides.agent.encode(at('agent', ms))); if (ogg.waiting === 50) pieces.push(ogg.page()); }
  pieces.push(ogg.page({ last: true })); kept.sound = Buffer.concat(pieces);
  kept.recordings = [{ id: 'rec_1', callId: kept.call.id, tenantId: 'default', startedMs: 0, durationMs: endMs, bytes: kept.sound.length, state: 'kept', storage: 'folder', createdAt: new Date() }];
  await opened.go(`#/calls/${kept.call.id}`);
  await opened.page.getByRole('button', { name: /Hear from 0:0[58]/ }).first().click();
  await opened.page.waitForTimeout(1200);
  await opened.page.screenshot({ path: `/tmp/rec/shot-${colorScheme}.png` });
  const live = opened.server.calls[0]!;
  live.call = { ...live.call, id: 'call_live', state: 'in_progress', direction: 'outbound', phoneNumber: '+14155550132', answeredAt: new Date(), endedAt: null, outcome: null, endReason: null, hungUpBy: null };
  await opened.go('#/calls/call_live');
  await opened.page.getByRole('group', { name: 'The call that runs' }).waitFor();
  if (width > 800) await opened.page.getByText('Filter', { exact: true }).click();
  await opened.page.waitForTimeout(300);
  await opened.page.screenshot({ path: `/tmp/rec/live-${colorScheme}.png` });
  await opened.close();
}
process.exit(0);
