import { byId } from '../parts/element.js';

/**
 * @typedef {object} SignedIn As the server tells it; the key itself is kept nowhere in the page.
 * @property {string} tenant_id
 * @property {string} key_id
 * @property {string} key_name
 * @property {string[]} scopes
 * @property {boolean} operator
 * @property {string} expires_at
 *
 * @typedef {ReturnType<typeof createSession>} Session
 */

/** Scopes that another one includes. @type {Record<string, string>} */
const impliedBy = { 'web-calls:write': 'calls:write' };

/**
 * Takes the key out of `#key=…`, and out of the address bar, so that it is neither bookmarked nor shown to who looks over the shoulder.
 *
 * @returns {string | null}
 */
export function takeKeyFromAddress() {
  const match = /^#key=(.+)$/.exec(window.location.hash);
  if (!match?.[1]) return null;
  history.replaceState(null, '', `${window.location.pathname}${window.location.search}#/talk`);
  return decodeURIComponent(match[1]).trim();
}

/** Why nobody was let in at the issuer, as its way back tells it. @type {Record<string, string>} */
const refusals = {
  unavailable: 'The issuer where you sign in does not answer. Try again, or use a key.',
  refused: 'Signing in did not work. Try again.',
  'no-role': 'You are known, but may do nothing here. Ask who runs this server for a role.',
};

/**
 * Takes the outcome of signing in at an issuer out of the address.
 *
 * @returns {string | null} What to say; null: nothing went wrong.
 */
function takeRefusal() {
  const [, reason] = /^#sign-in=([a-z-]+)$/.exec(window.location.hash) ?? [];
  if (reason === undefined) return null;
  history.replaceState(null, '', `${window.location.pathname}#/`);
  return refusals[reason] ?? 'Signing in did not work. Try again.';
}

/**
 * Who is signed in: a key was exchanged for a cookie that scripts cannot read.
 *
 * @param {string | null} key Brought along by the address.
 */
export function createSession(key) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('key-dialog'));
  const input = /** @type {HTMLInputElement} */ (byId('key-input'));
  /** @type {SignedIn | null} */
  let current = null;
  let generation = 0;
  const refusal = takeRefusal();
  /** @type {Promise<boolean> | null} */
  let asking = null;
  /** @type {(() => void)[]} */
  const listeners = [];

  /** @param {SignedIn | null} next */
  function become(next) {
    current = next;
    generation += 1;
    for (const listener of listeners) listener();
  }

  /**
   * @param {string} given
   * @returns {Promise<string | null>} Why not; null: signed in.
   */
  async function signIn(given) {
    try {
      const headers = { 'X-API-Key': given, Accept: 'application/json' };
      const response = await fetch('/session', { method: 'POST', headers });
      const body = await response.json().catch(() => null);
      if (response.ok) {
        become(body);
        return null;
      }
      if (response.status === 401) return 'The server does not accept this key.';
      return body?.detail ?? `The server answered ${response.status}.`;
    } catch {
      return 'The server does not answer. Check that Parley is running.';
    }
  }

  async function begin() {
    if (key !== null) {
      const problem = await signIn(key);
      if (problem === null) return;
      await ask(problem);
      return;
    }
    const body = await fetch('/session')
      .then((response) => response.json())
      .catch(() => null);
    byId('key-issuer').hidden = body?.issuer !== true;
    if (body?.session) become(body.session);
    else if (refusal !== null) void ask(refusal);
  }

  /** @param {string | undefined} reason */
  function open(reason) {
    return new Promise((/** @type {(signedIn: boolean) => void} */ resolve) => {
      const say = (/** @type {string} */ text) => {
        byId('key-reason').textContent = text;
        byId('key-reason').hidden = text === '';
      };
      say(reason ?? '');
      input.value = '';
      let signedIn = false;
      byId('key-form').onsubmit = async (event) => {
        event.preventDefault();
        const given = input.value.trim();
        if (given === '') return;
        const problem = await signIn(given);
        if (problem !== null) return say(problem);
        signedIn = true;
        input.value = '';
        dialog.close();
      };
      byId('key-cancel').onclick = () => dialog.close();
      dialog.addEventListener('close', () => resolve(signedIn), { once: true });
      dialog.showModal();
    });
  }

  /**
   * Asks for a key. Asked twice at once, both wait for the same answer.
   *
   * @param {string} [reason]
   * @returns {Promise<boolean>} False when the person cancels.
   */
  function ask(reason) {
    asking ??= open(reason).finally(() => {
      asking = null;
    });
    return asking;
  }

  return {
    /** Resolves when it is known whether somebody is signed in. */
    ready: begin(),
    current: () => current,
    /** Another number after each sign-in and sign-out. */
    generation: () => generation,
    ask,
    /** The server knows the session no more. */
    lost: () => become(null),
    /** @param {string} scope Whether it may be done; what nobody is signed in for is asked for when it is done. */
    may(scope) {
      if (current === null) return true;
      return current.scopes.includes(scope) || current.scopes.includes(impliedBy[scope] ?? scope);
    },
    /** @param {string} brought Of a link that was opened in this tab. */
    async take(brought) {
      const problem = await signIn(brought);
      if (problem !== null) await ask(problem);
    },
    async signOut() {
      await fetch('/session', { method: 'DELETE' }).catch(() => undefined);
      become(null);
    },
    /** Ends every session that began with the key, also those that were copied. Rejects where the server did not. */
    async signOutEverywhere() {
      const headers = { 'X-Parley-Console': '1', Accept: 'application/json' };
      const response = await fetch('/session?everywhere=true', { method: 'DELETE', headers });
      if (!response.ok && response.status !== 401) throw new Error('The sessions could not be ended. Try again.');
      become(null);
    },
    /** @param {() => void} listener */
    onChange: (listener) => void listeners.push(listener),
  };
}
