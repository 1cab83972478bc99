import { byId } from './element.js';

const storageKey = 'parley.key';

/**
 * @typedef {object} Keyring
 * @property {() => string | null} current The key in use.
 * @property {(reason?: string) => Promise<string | null>} ask Asks for a key; null when the person cancels. Asked twice at
 *   once, both wait for the same answer.
 */

/**
 * Takes the key out of `#key=…` into the tab's storage, and out of the address bar, so that it is neither bookmarked nor
 * shown to who looks over the shoulder.
 *
 * @returns {boolean} Whether there was one.
 */
export function takeKeyFromAddress() {
  const match = /^#key=(.+)$/.exec(window.location.hash);
  if (!match?.[1]) return false;
  sessionStorage.setItem(storageKey, decodeURIComponent(match[1]).trim());
  history.replaceState(null, '', window.location.pathname + window.location.search);
  return true;
}

/** @returns {Keyring} The key of this tab, and the form that asks for one. */
export function createKeyring() {
  const dialog = /** @type {HTMLDialogElement} */ (byId('key-dialog'));
  const input = /** @type {HTMLInputElement} */ (byId('key-input'));
  /** @type {Promise<string | null> | null} */
  let asking = null;

  /** @param {string | undefined} reason */
  function open(reason) {
    return new Promise((/** @type {(key: string | null) => void} */ resolve) => {
      byId('key-reason').textContent = reason ?? '';
      byId('key-reason').hidden = !reason;
      input.value = '';
      /** @type {string | null} */
      let answer = null;
      byId('key-form').onsubmit = (event) => {
        event.preventDefault();
        const key = input.value.trim();
        if (key === '') return;
        sessionStorage.setItem(storageKey, key);
        answer = key;
        dialog.close();
      };
      byId('key-cancel').onclick = () => dialog.close();
      dialog.addEventListener('close', () => resolve(answer), { once: true });
      dialog.showModal();
    });
  }

  return {
    current: () => sessionStorage.getItem(storageKey),
    ask(reason) {
      asking ??= open(reason).finally(() => {
        asking = null;
      });
      return asking;
    },
  };
}
