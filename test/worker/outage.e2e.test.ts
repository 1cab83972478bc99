import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AudioStream, type Room, RoomEvent } from '@livekit/rtc-node';
import { describe, expect, it, type TestContext } from 'vitest';
import { takeOverCall } from '../../src/calls/end/take-over-call.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import { executablePath, loadConfig } from '../../src/config.ts';
import { livekitBinary } from '../../src/stack/livekit-binary.ts';
import { consoleProgress } from '../../src/stack/progress.ts';
import { type LivekitServer, startLivekitServer } from '../../src/stack/livekit-server.ts';
import { freePorts } from './free-ports.ts';
import { openCalls } from './in-process-calls.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };

describe.concurrent('a call', () => {
  it('goes on while PostgreSQL is away, and all of it is written, once, when it is back', async ({
    onTestFinished,
  }) => {
    const calls = await openCalls({ breakable: true });
    onTestFinished(() => calls.close());
    const call = await calls.place();
    const caller = runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 40,
      script: [{ say: speech }, { say: speech }],
    });
    await sleep(3000);
    calls.line!.cut();
    const report = await caller;
    expect(report.turns.filter(({ responseMs }) => responseMs !== null)).toHaveLength(3);
    // The room is left although nothing can be written.
    await call.session.over;
    await sleep(2000);
    calls.line!.restore();
    await call.session.written;
    const turns = await calls.calls.listTurns(call.callId);
    expect(turns.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent', 'caller', 'agent']);
    const events = (await calls.calls.listEvents(call.callId)).map(({ type }) => type);
    expect(events.filter((type) => type === 'turn.agent')).toHaveLength(3);
    expect(events.filter((type) => type === 'call.ended')).toHaveLength(1);
  });

  it('is left within half a minute when livekit-server dies, and ends as a lost connection when that stays away', async (test) => {
    const { calls, call, room, server } = await greet(test);
    const killedMs = performance.now();
    await server.stop();
    expect(await call.session.over).toMatchObject({ reason: 'media_lost' });
    expect(performance.now() - killedMs).toBeLessThan(30_000);
    await call.session.written;
    // Whether the person still is somewhere the sweeper finds out, which waits for LiveKit before it gives the call up.
    const sweep = () => takeOverCall({ store: calls.calls, rooms: calls.rooms }, call.callId);
    await expect(sweep()).rejects.toThrow('LiveKit cannot be reached');
    await calls.database.pool.query(
      "UPDATE parley.calls SET lease_until = lease_until - interval '25 s' WHERE id = $1",
      [call.callId],
    );
    expect(await sweep()).toBe('ended');
    expect(await calls.ended(call)).toMatchObject({ outcome: 'failed', endReason: 'media_lost' });
    await room.disconnect();
  });

  it('goes on when livekit-server comes back soon, and can be heard again', async (test) => {
    const { calls, call, room, server } = await greet(test);
    await server.stop();
    await sleep(1000);
    const heard = loudAudio(room);
    await server.start();
    await sleep(8000);
    await calls.rooms.sendControl(call.callId, { type: 'say', text: 'Here I am again.', interrupt: false });
    await heard;
    await sleep(1500);
    await room.disconnect();
    expect((await calls.ended(call)).endReason).toBe('caller_hung_up');
    expect((await calls.calls.listTurns(call.callId)).at(-1)?.text).toBe('Here I am again.');
  });
});

/** Somebody who has been greeted and stays on the line, in a call over a livekit-server of its own. */
async function greet(test: TestContext) {
  const server = await ownServer(test);
  const calls = await openCalls({ connection: await server.start() });
  test.onTestFinished(() => calls.close());
  const call = await calls.place({ limits: { silenceSeconds: 60 } });
  const room = await calls.joinQuietly(call);
  await sleep(3500);
  return { calls, call, room, server };
}

async function ownServer({ onTestFinished }: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-outage-'));
  const port = await freePorts(3);
  const binary = await livekitBinary({
    dataDir: loadConfig().PARLEY_DATA_DIR,
    path: executablePath(),
    progress: consoleProgress(process.stderr),
  });
  let running: LivekitServer | undefined;
  const stop = async () => running?.process.stop();
  onTestFinished(async () => {
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const start = async () => (running = await startLivekitServer({ binary, dataDir, host: '127.0.0.1', port }));
  return { start, stop };
}

/** Resolves when something can be heard on a track that is subscribed from now on. */
function loudAudio(room: Room): Promise<void> {
  return new Promise((resolve) => {
    room.on(RoomEvent.TrackSubscribed, (track) => {
      void (async () => {
        for await (const frame of new AudioStream(track, { sampleRate: 16_000, numChannels: 1 }))
          if (frame.data.some((sample) => Math.abs(sample) > 1000)) return resolve();
      })();
    });
  });
}
