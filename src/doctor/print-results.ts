import type { Finding } from './finding.ts';
import type { CheckResult } from './run-checks.ts';

const marks: Record<Finding['status'], string> = { ok: '✓', warning: '!', failed: '✗', skipped: '–' };
const lineChars = 118;

/** The table for a terminal, and below it what failed, since the end is what one sees. */
export function printResults(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map(({ check }) => check.length));
  const indent = ' '.repeat(width + 4);
  const lines = results.flatMap(({ check, findings }) =>
    findings.flatMap(({ status, message, cure }, index) => {
      const [first, ...rest] = wrap(message, lineChars - indent.length);
      return [
        `${marks[status]} ${(index === 0 ? check : '').padEnd(width)}  ${first}`,
        ...rest.map((line) => indent + line),
        ...(cure ? wrap(cure, lineChars - indent.length - 2) : []).map(
          (line, at) => `${indent}${at ? '  ' : '→ '}${line}`,
        ),
      ];
    }),
  );
  return `${lines.join('\n')}\n\n${summary(results)}\n`;
}

function summary(results: readonly CheckResult[]): string {
  const withStatus = (wanted: Finding['status']) =>
    results.filter(({ findings }) => findings.some(({ status }) => status === wanted)).map(({ check }) => check);
  const [broken, doubtful] = [withStatus('failed'), withStatus('warning')];
  const lines = [
    ...(broken.length > 0 ? [`Failed: ${broken.join(', ')}. Begin at the top.`] : ['Nothing failed.']),
    ...(doubtful.length > 0 ? [`Warnings: ${doubtful.join(', ')}.`] : []),
  ];
  return lines.join('\n');
}

function wrap(text: string, chars: number): string[] {
  const lines = [''];
  for (const word of text.replaceAll(/\s+/g, ' ').split(' ')) {
    const line = lines.at(-1)!;
    if (line && line.length + 1 + word.length > chars) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}
