import type { CallerScript } from '../../caller/caller-script.ts';
import type { CallerReport, Transcribe } from '../../caller/caller-report.ts';
import type { Speak } from '../../caller/prepare-step.ts';
import { runCaller } from '../../caller/run-caller.ts';
import type { Call, CallEvent, Turn } from '../../calls/call.ts';
import { usdNumber, usdUnits } from '../../calls/usd.ts';
import type { ToolCall } from '../../worker/conversation/observe.ts';
import { describeStep } from '../file/describe-step.ts';
import type { Scenario } from '../file/scenario-schema.ts';
import type { Effect, Exchange, Outcome } from '../outcome.ts';

/** A call that was placed: where its caller joins, and what it left when it is over. */
export type PlacedCall = {
  url: string;
  token: string;
  effects: Effect[];
  troubles: string[];
  /** Resolves once all of it is written. */
  ended: () => Promise<{ call: Call; turns: readonly Turn[]; events: readonly CallEvent[] }>;
};

export type SoundParts = {
  place: (scenario: Scenario) => Promise<PlacedCall>;
  speak: Speak;
  transcribe: Transcribe;
  signal: AbortSignal;
};

/** Longest call of a scenario; real time passes. */
const timeoutSeconds = 300;
/** Silence after which the agent counts as finished, ms: longer than a voice pauses between two sentences. */
const agentFinishedMs = 900;

/**
 * Runs a scenario aloud: a caller with a voice and ears joins the room of a real call over WebRTC. Words are looked for in what the
 * agent said and in what the caller's recogniser understood.
 */
export async function runSound(scenario: Scenario, parts: SoundParts): Promise<Outcome> {
  const { place, speak, transcribe, signal } = parts;
  const startedMs = performance.now();
  const placed = await place(scenario);
  const marks: Mark[] = [{ step: null, atMs: 0, did: 'calls' }];
  const heard = await runCaller({
    url: placed.url,
    token: placed.token,
    // Before the first step the greeting is heard out.
    script: scriptOf(scenario),
    speak,
    transcribe,
    timeoutSeconds,
    agentFinishedMs,
    atEnd: endsItself(scenario) ? 'wait-for-agent' : 'hang-up',
    onMoment: (step, moment) => {
      const at = scenario.steps[step];
      if (at && (moment === 'speaks' || moment === 'waits'))
        marks.push({ step, atMs: Date.now(), did: describeStep(at) });
    },
    signal,
  });
  if (scenario.steps.at(-1)?.hang_up && heard.ended.by === 'caller')
    marks.push({ step: scenario.steps.length - 1, atMs: Date.now(), did: 'hang up' });
  const left = await placed.ended();
  const { call } = left;
  return {
    line: 'sound',
    exchanges: marks.map((mark, index) => exchangeOf(mark, marks[index + 1]?.atMs ?? Infinity, { heard, ...left })),
    effects: placed.effects,
    ended: call.endReason && call.hungUpBy ? { reason: call.endReason, by: call.hungUpBy } : null,
    costUsd: usdNumber(usdUnits(call.costUsd)),
    model: `the ${call.pipeline} pipeline`,
    troubles: placed.troubles,
    seconds: (performance.now() - startedMs) / 1000,
  };
}

/** When a step began, on the clock of `Date.now()`. */
type Mark = { step: number | null; atMs: number; did: string };

function scriptOf({ steps }: Scenario): CallerScript {
  return steps.flatMap((step): CallerScript => {
    if (step.say !== undefined)
      return [
        {
          say: step.say,
          ...(step.barge_in_after_ms !== undefined && { interruptAfterMs: step.barge_in_after_ms }),
        },
      ];
    return step.wait === undefined ? [] : [{ waitMs: step.wait * 1000 }];
  });
}

/** Whether the call is expected to end without the caller hanging up. */
function endsItself({ expect, steps }: Scenario): boolean {
  return expect.end_reason !== undefined && expect.end_reason !== 'caller_hung_up' && !steps.at(-1)?.hang_up;
}

function exchangeOf(
  { step, atMs, did }: Mark,
  untilMs: number,
  { heard, call, turns, events }: { heard: CallerReport } & Awaited<ReturnType<PlacedCall['ended']>>,
): Exchange {
  const zeroMs = call.answeredAt?.getTime() ?? 0;
  const within = (ms: number) => zeroMs + ms >= atMs && zeroMs + ms < untilMs;
  const said = turns.filter(({ role, startedMs }) => role === 'agent' && within(startedMs));
  const measured = heard.turns.find((turn) => turn.step === step);
  return {
    step,
    did,
    written: said.map(({ text }) => text).join(' '),
    spoken: measured?.heardText ?? '',
    interrupted: said.some(({ interrupted }) => interrupted),
    tools: events
      .filter(({ type }) => type === 'tool.called')
      .flatMap(toolCallOf)
      .filter((each) => within(each.atMs)),
    answerMs: step === null ? null : (measured?.responseMs ?? null),
    silentMs: measured?.bargeInMs ?? null,
  };
}

function toolCallOf({ data }: CallEvent): ToolCall[] {
  const { name, arguments: given, ok, atMs } = data as Partial<ToolCall>;
  if (name === undefined || atMs === undefined) return [];
  return [{ name, arguments: given ?? {}, ok: ok ?? true, atMs }];
}
