import { weekdays } from './more-fields.js';

/**
 * What was filled in, as the API takes it; what was left empty is left out.
 *
 * @param {import('../parts/form.js').Values} values
 * @param {{ isCheck: boolean }} options
 * @throws Error with a sentence, where a field is no JSON or no number.
 */
export function dispatchOf(values, { isCheck }) {
  const { text, number } = values;
  return dropEmpty({
    to: text('to'),
    agent: text('agent'),
    from: text('from'),
    trunk_id: text('trunk_id'),
    pipeline: text('pipeline'),
    playbook: text('playbook'),
    variables: values.named('variable:'),
    metadata: metadataOf(text('metadata')),
    lead: leadOf(text('lead')),
    schedule: scheduleOf(values),
    retry: retryOf(values),
    voicemail: text('voicemail_action')
      ? { action: text('voicemail_action'), message: text('voicemail_message') }
      : undefined,
    limits: {
      ring_seconds: number('ring_seconds'),
      max_minutes: number('max_minutes'),
      silence_seconds: number('silence_seconds'),
      max_cost_usd: number('max_cost_usd'),
    },
    webhook: text('webhook_url') ? { url: text('webhook_url') } : undefined,
    resume_url: text('resume_url'),
    dry_run: isCheck || undefined,
  });
}

/** @param {string | undefined} text */
function metadataOf(text) {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('The metadata is not JSON. Write it as {"order": 4711}.');
  }
}

/** @param {string | undefined} text */
function leadOf(text) {
  return text?.includes('@') ? { email: text } : text;
}

/** @param {import('../parts/form.js').Values} values */
function scheduleOf({ text, all }) {
  const instant = (/** @type {string} */ name) => {
    const local = text(name);
    return local === undefined ? undefined : new Date(local).toISOString();
  };
  const [start, end] = [text('window_start'), text('window_end')];
  if ((start === undefined) !== (end === undefined)) throw new Error('Give both ends of the hours, or neither.');
  const days = all('window_days');
  const window =
    start === undefined
      ? undefined
      : {
          start,
          end,
          days: days.length === weekdays.length ? undefined : days,
          timezone: text('window_timezone') ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
        };
  return { not_before: instant('not_before'), not_after: instant('not_after'), window };
}

/** @param {import('../parts/form.js').Values} values */
function retryOf({ text, number, all }) {
  const attempts = number('max_attempts');
  if (attempts === undefined || attempts === 1) return undefined;
  const delays = text('delays')
    ?.split(/[\s,;]+/)
    .map(Number);
  if (delays?.some((each) => Number.isNaN(each))) throw new Error('Write the seconds between attempts as 300, 900.');
  return { max_attempts: attempts, on: all('retry_on'), delays };
}

/**
 * @param {any} value
 * @returns {any} Without what is undefined, also further in, and without objects that are empty then.
 */
function dropEmpty(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).flatMap(([name, inner]) => {
    const dropped = name === 'metadata' ? inner : dropEmpty(inner);
    const isEmpty =
      dropped === undefined || (typeof dropped === 'object' && dropped !== null && Object.keys(dropped).length === 0);
    return isEmpty ? [] : [[name, dropped]];
  });
  return Object.fromEntries(kept);
}
