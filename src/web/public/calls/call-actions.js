import { element } from '../parts/element.js';
import { createNotice } from '../parts/notice.js';
import { sureButton } from '../parts/sure-button.js';
import { isRunning } from './call-list.js';

/**
 * What can be done about a call that is over, or one that nobody has answered yet.
 *
 * @param {import('../shell/views.js').Context} context
 * @param {any} call
 * @param {() => void} onChange
 */
export function callActions({ api, session }, call, onChange) {
  if (!session.may('calls:write') || (isRunning(call) && call.answered_at)) return [];
  const notice = createNotice();
  const path = `/api/calls/${encodeURIComponent(call.call_id)}`;

  /**
   * @param {string} done
   * @param {() => Promise<unknown>} act
   */
  async function attempt(done, act) {
    try {
      await act();
      notice.say(done);
      onChange();
    } catch (error) {
      notice.fail(error);
    }
  }
  const remove = () => api.request('DELETE', path);
  if (isRunning(call)) {
    const cancel = sureButton('Cancel the call', 'Really cancel?', () => attempt('The call is canceled.', remove));
    return [element('div.control-row', {}, cancel), notice.root];
  }
  const analyse = element('button', { type: 'button' }, 'Analyse again');
  analyse.addEventListener('click', () =>
    attempt('What came of the call is being found out again.', () => api.control(call.call_id, 'analyze')),
  );
  const erase = sureButton('Erase', 'Really erase what was said?', () =>
    attempt('Numbers, words, recordings and messages of this call were erased.', remove),
  );
  return [
    element(
      'div.control-row',
      {},
      ...(call.answered_at
        ? [
            analyse,
            element('a.button', { href: `${path}/scenario`, download: `${call.call_id}.yaml` }, 'Make a test of it'),
          ]
        : []),
      erase,
    ),
    notice.root,
  ];
}
