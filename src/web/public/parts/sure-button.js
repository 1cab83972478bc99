import { element } from './element.js';

const reallyMs = 4000;

/**
 * A button that asks once more: what it does cannot be undone.
 *
 * @param {string} label
 * @param {string} question Shown for four seconds, in which another click does it.
 * @param {() => unknown} act
 */
export function sureButton(label, question, act) {
  const button = /** @type {HTMLButtonElement} */ (element('button.danger', { type: 'button' }, label));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let asked;
  const rest = () => {
    clearTimeout(asked);
    asked = undefined;
    button.textContent = label;
  };
  button.addEventListener('click', () => {
    if (asked !== undefined) {
      rest();
      void act();
      return;
    }
    button.textContent = question;
    asked = setTimeout(rest, reallyMs);
  });
  return button;
}
