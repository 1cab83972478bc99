import { byId, element } from '../parts/element.js';
import { clock } from '../parts/format.js';

/** @typedef {'setup' | 'call' | 'after'} Stage */

/**
 * The card that starts, runs and ends a call: what it shows, and its buttons and keys.
 *
 * @param {{ onMute: (muted: boolean) => void, onHangUp: () => void, onSound: () => void }} actions
 */
export function createCallPanel({ onMute, onHangUp, onSound }) {
  const mute = byId('mute');
  /** @type {number | null} */
  let startedMs = null;
  let muted = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  function showElapsed() {
    byId('elapsed').textContent = clock(startedMs === null ? 0 : performance.now() - startedMs);
  }

  function showMuted() {
    mute.setAttribute('aria-pressed', String(muted));
    mute.classList.toggle('on', muted);
    /** @type {HTMLElement} */ (mute.lastElementChild).textContent = muted ? 'Unmute' : 'Mute';
  }

  function toggleMute() {
    muted = !muted;
    showMuted();
    onMute(muted);
  }

  mute.addEventListener('click', toggleMute);
  byId('hang-up').addEventListener('click', onHangUp);
  byId('hear').addEventListener('click', onSound);
  document.addEventListener('keydown', (event) => {
    if (byId('in-call').hidden || !event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    if (event.code === 'KeyM') toggleMute();
    else if (event.code === 'KeyH') onHangUp();
    else return;
    event.preventDefault();
  });

  return {
    /**
     * @param {Stage} stage
     * @param {string} heading
     */
    show(stage, heading) {
      byId('setup').hidden = stage !== 'setup';
      byId('in-call').hidden = stage !== 'call';
      byId('after-call').hidden = stage !== 'after';
      byId('call-heading').textContent = heading;
      document.body.classList.toggle('calling', stage === 'call');
      if (stage !== 'call') {
        clearInterval(timer);
        startedMs = null;
        muted = false;
        showMuted();
        byId('hear').hidden = true;
      }
    },
    /** Moves the focus to the card's heading, when the element that had it went away. */
    focus: () => byId('call-heading').focus(),
    /** The clock starts. */
    answered() {
      if (startedMs !== null) return;
      startedMs = performance.now();
      showElapsed();
      timer = setInterval(showElapsed, 1000);
    },
    /** @returns {number} Milliseconds since the answer. */
    elapsedMs: () => (startedMs === null ? 0 : performance.now() - startedMs),
    /**
     * @param {string} text Announced politely.
     * @param {{ quiet?: boolean }} [options] Quiet: announced but not shown, for what the card shows anyway.
     */
    status(text, { quiet = false } = {}) {
      byId('call-status').textContent = text;
      byId('call-status').classList.toggle('visually-hidden', quiet);
    },
    /**
     * @param {string} text
     * @param {'calm' | 'busy' | 'live' | 'bad'} tone
     */
    state(text, tone) {
      const chip = byId('agent-state');
      chip.textContent = text;
      chip.dataset['tone'] = tone;
    },
    /** @param {boolean} blocked The browser plays no sound before a click. */
    soundBlocked(blocked) {
      byId('hear').hidden = !blocked;
    },
    /**
     * @param {string | null} text Something the person should do something about; null clears.
     * @param {'bad' | 'warn'} [tone]
     */
    notice(text, tone = 'bad') {
      byId('call-notices').replaceChildren(
        ...(text === null ? [] : [element(`p.notice.${tone}`, { role: 'alert' }, text)]),
      );
    },
  };
}
