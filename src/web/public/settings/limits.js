import { bar } from '../parts/chart.js';
import { element } from '../parts/element.js';
import { money } from '../parts/format.js';
import { createNotice } from '../parts/notice.js';

/**
 * What the tenant may do at most, and how much of it is used now.
 *
 * @param {import('../shell/api.js').Api} api
 */
export function createLimits(api) {
  const notice = createNotice();
  const list = element('dl.limits');

  async function load() {
    try {
      const { calls_at_once: calls, spend_per_day_usd: spend, ...rest } = await api.get('/api/limits');
      const spent = Number(spend.spent) + Number(spend.reserved);
      notice.clear();
      list.replaceChildren(
        ...used('Calls at once', `${calls.used} of ${calls.limit}; ${calls.waiting} waiting`, calls.used / calls.limit),
        ...used(
          'Spent today',
          `${Number(spend.spent) === 0 ? 'nothing' : money(spend.spent)} of ${money(spend.limit)}; ${Number(spend.reserved) === 0 ? 'nothing' : money(spend.reserved)} held back`,
          spent / Number(spend.limit),
        ),
        ...used('Attempts per number and day', String(rest.attempts_per_number_per_day)),
        ...used('Longest call', `${rest.max_minutes} min`),
        ...used('Requests of a key', `${rest.requests_per_minute} a minute`),
      );
    } catch (error) {
      notice.fail(error);
    }
  }
  return { root: element('section.card', {}, element('h2', {}, 'Limits'), notice.root, list), load };
}

/**
 * @param {string} term
 * @param {string} value
 * @param {number} [share] 0–1.
 */
function used(term, value, share) {
  return [
    element('dt', {}, term),
    element('dd', {}, value, ...(share === undefined ? [] : [bar(share, share > 0.9 ? 'tone-bad' : 'tone-good')])),
  ];
}
