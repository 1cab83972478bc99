import { element } from '../parts/element.js';
import { checks, field, input, select, textarea } from '../parts/form.js';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const retryable = ['busy', 'no_answer', 'declined', 'unreachable', 'failed', 'machine'];

/** What a call may say besides number and agent, each kind folded away until it is needed. */
export function moreFields() {
  return [
    group(
      'Line and lead',
      field('Number shown', input('from', { type: 'tel', maxlength: 32 }), 'One of the trunk; else the trunk’s own.'),
      field('Trunk', input('trunk_id', { maxlength: 64, placeholder: 'ST_…' })),
      field(
        'Lead',
        input('lead', { maxlength: 254 }),
        'The id of a lead, or the email address of one to create or update.',
      ),
    ),
    group(
      'When',
      element(
        'div.pair',
        {},
        field('Not before', input('not_before', { type: 'datetime-local' })),
        field('Not after', input('not_after', { type: 'datetime-local' })),
      ),
      element(
        'div.pair',
        {},
        field('Hours from', input('window_start', { type: 'time' })),
        field('Hours to', input('window_end', { type: 'time' })),
      ),
      field(
        'Time zone of the hours',
        input('window_timezone', { maxlength: 64, placeholder: Intl.DateTimeFormat().resolvedOptions().timeZone }),
      ),
      checks('window_days', 'Days of the hours', weekdays, weekdays),
    ),
    group(
      'Try again',
      field('Attempts in all', input('max_attempts', { type: 'number', min: 1, max: 10, placeholder: '1' })),
      checks('retry_on', 'After', retryable, ['busy', 'no_answer']),
      field('Seconds between attempts', input('delays', { placeholder: '300, 900, 3600' }), 'The last is repeated.'),
    ),
    group(
      'When a machine answers',
      field('Do', select('voicemail_action', [['', 'As the agent says'], 'hang_up', 'leave_message', 'continue'])),
      field('Message', textarea('voicemail_message', { maxlength: 2000 }), 'May hold {{variables}}.'),
    ),
    group(
      'Limits',
      element(
        'div.pair',
        {},
        field('Ring, seconds', input('ring_seconds', { type: 'number', min: 5, max: 75, placeholder: '40' })),
        field('Longest call, minutes', input('max_minutes', { type: 'number', min: 0.1, max: 240, step: 'any' })),
        field('Silence, seconds', input('silence_seconds', { type: 'number', min: 3, max: 300, step: 'any' })),
        field('Most cost, USD', input('max_cost_usd', { type: 'number', min: 0, step: 'any' })),
      ),
    ),
    group(
      'Playbook, metadata and webhooks',
      field(
        'Playbook',
        textarea('playbook', { maxlength: 50_000 }),
        'Markdown added to the agent’s prompt for this call.',
      ),
      field(
        'Metadata',
        textarea('metadata', { placeholder: '{"order": 4711}' }),
        'JSON, given back with the call and its events.',
      ),
      field('Webhook of this call', input('webhook_url', { type: 'url', maxlength: 2000 })),
      field('Resume URL', input('resume_url', { type: 'url', maxlength: 2000 }), 'Gets the final report as a POST.'),
    ),
  ];
}

/**
 * @param {string} title
 * @param {...Node} children
 */
function group(title, ...children) {
  return element('details.card.group', {}, element('summary', {}, title), ...children);
}
