import { element } from '../parts/element.js';
import { sureButton } from '../parts/sure-button.js';
import { createStepIn } from './step-in.js';

/**
 * What can be done about a call while somebody is on the line: speak through its agent, or in its place.
 *
 * @param {import('../shell/api.js').Api} api
 * @param {any} call
 */
export function createCallControls(api, call) {
  const id = call.call_id;
  const status = element('p.hint', { role: 'status' });
  /** @param {string} text */
  const say = (text) => (status.textContent = text);

  /**
   * @param {string} done
   * @param {() => Promise<unknown>} act
   */
  async function attempt(done, act) {
    try {
      await act();
      say(done);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }

  const stepIn = createStepIn(api, id, say);
  const words = textForm('Words for the call', [
    ['Say', (text) => attempt('The agent was told to say it.', () => api.control(id, 'say', { text }))],
    [
      'Whisper',
      (text) => attempt('The message was sent to the agent’s model.', () => api.control(id, 'whisper', { text })),
    ],
  ]);
  const isPhone = call.direction !== 'web';
  const phone = isPhone
    ? [
        textForm('Keys', [
          ['Press keys', (digits) => attempt('The keys were sent.', () => api.control(id, 'dtmf', { digits }))],
        ]),
        textForm('Number, such as +15551234567', [
          ['Transfer', (to) => attempt('The agent connects the call.', () => api.control(id, 'transfer', { to }))],
        ]),
      ]
    : [];
  const root = element(
    'div.call-controls',
    { role: 'group', 'aria-label': 'The call that runs' },
    element(
      'div.control-row',
      {},
      ...stepIn.buttons,
      sureButton('Hang up', 'Really hang up?', () => attempt('The agent hangs up.', () => api.control(id, 'hang-up'))),
    ),
    words,
    ...phone,
    status,
  );
  return { root, close: () => void stepIn.close() };
}

/**
 * A field and what can be done with its text; Enter does the first.
 *
 * @param {string} label
 * @param {[string, (text: string) => Promise<void>][]} actions
 */
function textForm(label, actions) {
  const input = /** @type {HTMLInputElement} */ (
    element('input', {
      type: 'text',
      'aria-label': label,
      placeholder: label,
      maxlength: 2000,
      autocomplete: 'off',
      required: true,
    })
  );
  const form = /** @type {HTMLFormElement} */ (
    element(
      'form.control-row',
      {},
      input,
      ...actions.map(([name], index) => element('button', { type: 'submit', value: String(index) }, name)),
    )
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    const chosen = Number(/** @type {HTMLButtonElement | null} */ (event.submitter)?.value ?? 0);
    if (text === '') return;
    await actions[chosen]?.[1](text);
    input.value = '';
  });
  return form;
}
