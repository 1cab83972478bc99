/** Parts of a report that are about a person as a whole. */
const personal = new Set(['metadata', 'variables', 'lead', 'tool_calls', 'result']);

/** Keys whose texts come from a closed list, a clock or a price list. */
const impersonal = new Set([
  'agent',
  'at',
  'component',
  'currency',
  'direction',
  'end_reason',
  'hung_up_by',
  'model',
  'outcome',
  'pipeline',
  'provider',
  'role',
  'source',
  'stage',
  'state',
  'status',
  'unit',
  'usd',
]);

/** A report without what was said or who it was about: figures, times and words of closed lists stay. */
export function figuresOfReport(report: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(report).flatMap(([key, value]) => {
      if (personal.has(key)) return [];
      const kept = figuresOf(value, impersonal.has(key) || key.endsWith('_at') || key.endsWith('_usd'));
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

function figuresOf(value: unknown, keepTexts: boolean): unknown {
  if (typeof value === 'string') return keepTexts ? value : undefined;
  if (Array.isArray(value)) return value.map((item) => figuresOf(item, keepTexts)).filter((item) => item !== undefined);
  if (typeof value === 'object' && value !== null) return figuresOfReport(value as Record<string, unknown>);
  return value;
}
