import type { Level, Promises } from './promises.ts';

const [width, height, left, bottom, top] = [720, 360, 60, 50, 40] as const;

/** An SVG of the latencies over the number of calls, with what is promised and how many calls keep it. */
export function loadPicture(
  levels: readonly Level[],
  { promises, most }: { promises: Promises; most: number },
): string {
  const sorted = levels.toSorted((a, b) => a.calls - b.calls);
  const maxCalls = Math.max(1, ...sorted.map(({ calls }) => calls));
  const shown = sorted.flatMap(({ answerMs, greetingMs }) => [answerMs.p95 ?? 0, greetingMs.p95 ?? 0]);
  const maxMs = Math.max(promises.answerMs, promises.greetingMs, ...shown) * 1.1;
  const x = (calls: number) => left + ((width - left - 20) * calls) / maxCalls;
  const y = (ms: number) => height - bottom - ((height - bottom - top) * ms) / maxMs;
  const line = (value: (level: Level) => number | null, colour: string) => {
    const points = sorted.flatMap((level) => {
      const ms = value(level);
      return ms === null ? [] : [`${x(level.calls).toFixed(1)},${y(ms).toFixed(1)}`];
    });
    const dots = points.map((point) => `<circle cx="${point.replace(',', '" cy="')}" r="3.5" fill="${colour}"/>`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`;
  };
  const promise = (ms: number, colour: string) =>
    `<line x1="${left}" x2="${width - 20}" y1="${y(ms).toFixed(1)}" y2="${y(ms).toFixed(1)}" stroke="${colour}" stroke-dasharray="5 4"/>`;
  const ticks = sorted.map(
    ({ calls }) => `<text x="${x(calls).toFixed(1)}" y="${height - bottom + 18}" text-anchor="middle">${calls}</text>`,
  );
  const steps = [0.25, 0.5, 0.75, 1].map((part) => Math.round((maxMs * part) / 100) * 100);
  const marks = steps.map((ms) => `<text x="${left - 8}" y="${(y(ms) + 4).toFixed(1)}" text-anchor="end">${ms}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="white"/>
<text x="${left}" y="22" font-size="15">${most} calls at once keep every promise</text>
<rect x="${left}" y="${top}" width="${(x(most) - left).toFixed(1)}" height="${height - bottom - top}" fill="#e8f5e9"/>
<line x1="${left}" x2="${left}" y1="${top}" y2="${height - bottom}" stroke="black"/>
<line x1="${left}" x2="${width - 20}" y1="${height - bottom}" y2="${height - bottom}" stroke="black"/>
${promise(promises.answerMs, '#1565c0')}
${promise(promises.greetingMs, '#ef6c00')}
${line(({ answerMs }) => answerMs.p95, '#1565c0')}
${line(({ greetingMs }) => greetingMs.p95, '#ef6c00')}
${ticks.join('')}
${marks.join('')}
<text x="${width / 2}" y="${height - 12}" text-anchor="middle">calls at once</text>
<text x="${width - 20}" y="22" text-anchor="end"><tspan fill="#1565c0">answer p95, ms</tspan>  <tspan fill="#ef6c00">greeting p95, ms</tspan>  dashed: promised</text>
</svg>
`;
}
