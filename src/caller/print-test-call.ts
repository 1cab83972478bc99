import type { CallerReport } from './caller-report.ts';
import type { TestCall } from './place-test-call.ts';

/** What was said by both sides and how long each answer took, for a terminal. Milliseconds throughout. */
export function printTestCall({ heard, recorded }: TestCall): string {
  const lines: string[] = [];
  const said = recorded.turns.map((turn) => `  ${turn.role === 'caller' ? 'Caller' : 'Agent '}  ${turn.text}`);
  lines.push('What was said (as the agent understood and spoke it):', ...said, '');
  lines.push('Heard at the far end:');
  for (const turn of heard.turns) {
    const what = turn.said ?? '(answers the phone)';
    const after = turn.responseMs === null ? 'no answer' : `answer after ${Math.round(turn.responseMs)} ms`;
    lines.push(`  ${what}`, `    → ${after}${turn.heardText ? `: “${turn.heardText}”` : ''}`);
  }
  lines.push('', ...stageTable(recorded.turns), '');
  lines.push(`Ended: ${recorded.outcome} (${recorded.end_reason}); ${ending(heard)}.`);
  for (const problem of heard.problems) lines.push(`Not as expected: ${problem}`);
  return `${lines.join('\n')}\n`;
}

const stages = {
  end_of_turn_ms: 'end of turn',
  stt_ms: 'speech to text',
  llm_first_token_ms: 'first token',
  tts_first_audio_ms: 'first audio',
  total_ms: 'total',
} as const;

function stageTable(turns: TestCall['recorded']['turns']): string[] {
  const measured = turns.filter((turn) => turn.role === 'agent' && turn.latency);
  if (measured.length === 0) return [];
  const rows = measured.map((turn) =>
    Object.keys(stages).map((name) => {
      const value = turn.latency?.[name];
      return value === undefined ? '–' : String(Math.round(value));
    }),
  );
  const head = Object.values(stages);
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, index) => cell.padStart(head[index]?.length ?? 0)).join('   ')}`;
  return ['Latency per answer, ms (stages overlap):', line(head), ...rows.map(line)];
}

function ending(heard: CallerReport): string {
  return `${heard.ended.by === 'caller' ? 'the caller hung up' : heard.ended.reason}, after ${(heard.ended.atMs / 1000).toFixed(1)} s`;
}
