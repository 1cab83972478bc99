import { randomUUID } from 'node:crypto';
import { dispose } from '@livekit/rtc-node';
import { distribution } from '../../src/caller/distribution.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import { roomToken, startToneAgent, tone } from '../../test/caller/tone-agent.ts';

/**
 * What the caller measures against the truth: an agent in the same process that knows when it sent each sound. The way there and
 * back is WebRTC's own and part of what a caller hears; its spread is the error of measurement.
 */
export async function calibrate(livekit: { url: string; apiKey: string; apiSecret: string }, turns: number) {
  const room = `calibration-${randomUUID()}`;
  const say = { pcm: tone({ ms: 600, hertz: 300 }), sampleRateHz: 16000 };
  const agent = await startToneAgent(livekit, { room });
  try {
    const report = await runCaller({
      url: livekit.url,
      token: await roomToken(livekit, room, 'caller'),
      script: Array.from({ length: turns }, () => ({ say })),
      timeoutSeconds: 30 + 5 * turns,
    });
    const heard = agent.heard();
    const ways = report.turns.slice(1).flatMap(({ agentSpeech: [answer], callerSpeech }, index) => {
      const sentMs = agent.sent[index + 1]?.startMs;
      const arrivedMs = heard[index]?.startMs;
      if (!answer || !callerSpeech || sentMs === undefined || arrivedMs === undefined) return [];
      return [
        {
          there: arrivedMs - report.clockStartMs - callerSpeech.startMs,
          back: answer.startMs + report.clockStartMs - sentMs,
        },
      ];
    });
    const there = distribution(ways.map((way) => way.there));
    const back = distribution(ways.map((way) => way.back));
    const error = distribution(
      ways.map((way) => Math.abs(way.there - (there.p50 ?? 0)) + Math.abs(way.back - (back.p50 ?? 0))),
    );
    return {
      caller_to_agent_ms_p50: there.p50,
      caller_to_agent_ms_max: there.max,
      agent_to_caller_ms_p50: back.p50,
      agent_to_caller_ms_max: back.max,
      measurement_error_ms_p95: error.p95,
      calibration_turns: ways.length,
    };
  } finally {
    await agent.close();
    await dispose();
  }
}
