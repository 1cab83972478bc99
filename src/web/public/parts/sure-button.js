import { element } from './element.js';

const reallyMs = 4000;

/**
 * A button that asks once more: what it does cannot be undone.
 *
 * @param {string} label
 * @param {string} question Shown for four seconds, in which another click does it.
 * @param {() => unknown} act
 * @param {string} [about] What it is about, for who does not see beside what it is.
 */
export function sureButton(label, question, act, about) {
  const button = /** @type {HTMLButtonElement} */ (element('button.danger', { type: 'button' }, label));
  /** @param {string} text */
  const say = (text) => {
    button.textContent = text;
    if (about !== undefined) button.setAttribute('aria-label', `${text} ${about}`);
  };
  say(label);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let asked;
  const rest = () => {
    clearTimeout(asked);
    asked = undefined;
    say(label);
  };
  button.addEventListener('click', () => {
    if (asked !== undefined) {
      rest();
      void act();
      return;
    }
    say(question);
    asked = setTimeout(rest, reallyMs);
  });
  return button;
}
