import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CallerReport } from '../caller/caller-report.ts';
import type { CallerScript } from '../caller/caller-script.ts';
import type { Fleet } from '../caller/fleet.ts';
import type { Busy } from './busy.ts';
import { type Alone, aloneOf, type HeardCall, judgeLevel, type Level, type Promises } from './promises.ts';
import { nextLevel } from './ramp.ts';
import type { CallReport, System } from './system.ts';

export type LoadLevel = Level & { busy: Busy };

export type Capacity = {
  /** Calls at once that kept every promise; 0 where even one did not. */
  most: number;
  levels: LoadLevel[];
  /** What broke first beyond it; none where the ramp's end was reached. */
  broken: string[];
};

const speech = (name: 'hours' | 'price') => fileURLToPath(new URL(`../caller/speech/${name}.wav`, import.meta.url));
const script: CallerScript = [{}, { say: { wav: speech('hours') } }, { say: { wav: speech('price') } }];
/** Calls come one after the other within this time, as real callers do. */
const arriveWithinMs = 1_500;
/** Who is not answered by then has hung up. */
const longestRingMs = 10_000;

type LoadParts = {
  system: System;
  fleet: Fleet;
  promises: Promises;
  /** Calls at once that are tried at most. */
  most: number;
  watch: () => () => Busy;
  onLevel: (level: LoadLevel) => void;
  signal: AbortSignal;
};

/** Ramps calls up until a promise breaks, and finds the most that keep them all. */
export async function findCapacity(parts: LoadParts): Promise<Capacity> {
  const alone = aloneOf((await callAtOnce(1, parts)).flatMap((call) => call ?? []));
  const levels: LoadLevel[] = [];
  for (;;) {
    const next = nextLevel(
      levels.map(({ calls, broken }) => ({ calls, held: broken.length === 0 })),
      parts.most,
    );
    if ('most' in next) {
      const beyond = levels.filter(({ calls, broken }) => calls > next.most && broken.length > 0);
      const first = beyond.sort((a, b) => a.calls - b.calls)[0];
      return { most: next.most, levels, broken: first?.broken ?? [] };
    }
    const level = await runLevel(next.calls, alone, parts);
    // One answer that was late by chance breaks nothing that breaks again.
    levels.push(level.broken.length > 0 ? await runLevel(next.calls, alone, parts) : level);
  }
}

/** Keeps so many calls up for so long, one round after the other. Resolves with the round that broke a promise, if one did. */
export async function holdLoad(
  calls: number,
  minutes: number,
  parts: LoadParts,
): Promise<{ rounds: number; broken: string[] }> {
  const alone = aloneOf((await callAtOnce(1, parts)).flatMap((call) => call ?? []));
  const untilMs = performance.now() + minutes * 60_000;
  let rounds = 0;
  while (performance.now() < untilMs) {
    const { broken } = await runLevel(calls, alone, parts);
    rounds += 1;
    if (broken.length > 0) return { rounds, broken };
  }
  return { rounds, broken: [] };
}

async function runLevel(calls: number, alone: Alone, parts: LoadParts): Promise<LoadLevel> {
  parts.signal.throwIfAborted();
  const busy = parts.watch();
  const heard = await callAtOnce(calls, parts);
  const level = { ...judgeLevel(heard, { promises: parts.promises, alone }), busy: busy() };
  parts.onLevel(level);
  return level;
}

function callAtOnce(calls: number, { system, fleet, signal }: LoadParts): Promise<(HeardCall | null)[]> {
  return Promise.all(
    Array.from({ length: calls }, async (_, index) => {
      await delay((arriveWithinMs * index) / calls);
      signal.throwIfAborted();
      try {
        const { url, token, callId } = await system.openRoom();
        const report = await fleet.call({ url, token, script, timeoutSeconds: 120, replyTimeoutMs: 20_000 });
        return heardOf(report, callId === undefined ? [] : await wordsOf(system, callId));
      } catch {
        return null;
      }
    }),
  );
}

/** What was said, once the call is written down; nothing where that takes too long. */
async function wordsOf(system: System, callId: string): Promise<CallReport['turns']> {
  for (let tries = 0; tries < 50; tries++) {
    const { status, turns = [] } = (await system.reportOf?.(callId)) ?? { status: 'ended' };
    if (status === 'ended') return turns;
    await delay(200);
  }
  return [];
}

function heardOf(
  { turns, joinedMs, answeredMs, ended }: CallerReport,
  said: readonly { role: string; text: string }[],
): HeardCall {
  const [greeting, ...answers] = turns;
  const texts = said.filter(({ role }) => role === 'agent').map(({ text }) => text);
  const waitedMs = answeredMs === null ? Infinity : answeredMs - (joinedMs ?? 0);
  const isWhole = waitedMs <= longestRingMs && ended.by === 'caller';
  return {
    greetingMs: isWhole ? (greeting?.responseMs ?? null) : null,
    answersMs: answers.map(({ responseMs }) => responseMs),
    // Without the words of every answer nobody knows which is which.
    answers:
      texts.length !== turns.length
        ? []
        : turns.flatMap(({ agentSpeech }, index) => {
            const [first, last] = [agentSpeech[0], agentSpeech.at(-1)];
            const end = last && (last.endMs ?? last.lastMs);
            return first && end !== undefined ? [{ text: texts[index] ?? '', ms: end - first.startMs }] : [];
          }),
  };
}
