import { createCallPanel } from './call-panel.js';
import { byId, element } from '../parts/element.js';
import { clock, money, words } from '../parts/format.js';
import { messageOf } from '../parts/notice.js';
import { createLiveCall } from './live-call.js';
import { createSetup } from './setup.js';

/** When to ask for the end of a call, each counted from the time before: 20 s in all. */
const endWaitsMs = [0, 400, 600, 1000, 2000, 4000, 12_000];

/**
 * The view in which a person talks to an agent: set up, call, what came of it.
 *
 * @param {import('../shell/views.js').Context} context
 * @returns {import('../shell/views.js').View}
 */
export function createView({ api }) {
  const panel = createCallPanel({
    onMute: (muted) => live?.setMuted(muted),
    onHangUp: () => void live?.hangUp(),
    onSound: () => void live?.playSound(),
  });
  const setup = createSetup({ onStart: (picked) => void start(picked) });
  /** @type {ReturnType<typeof createLiveCall> | null} */
  let live = null;
  /** @type {string | null} */
  let shownEnd = null;
  let loaded = false;

  /** @param {import('./setup.js').Picked} picked */
  async function start(picked) {
    panel.notice(null);
    setup.busy(true);
    live = createLiveCall({ api, panel, picked });
    const end = await live.ended;
    live = null;
    setup.busy(false);
    if (end.callId === null) {
      panel.show('setup', 'Talk to an agent');
      panel.status('');
    } else {
      panel.show('after', 'Call ended');
      panel.status('');
      showEnd(end, null);
      panel.focus();
      void followEnd(end, end.callId);
    }
    panel.notice(end.problem);
  }

  /**
   * The server may write the end down a moment after the line went dead.
   *
   * @param {import('./live-call.js').CallEnd} end
   * @param {string} callId
   */
  async function followEnd(end, callId) {
    for (const waitMs of endWaitsMs) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      const call = await api.call(callId).catch(() => null);
      if (live !== null || shownEnd !== callId) return;
      if (call === null) continue;
      end.showMissed(call);
      showEnd(end, call);
      if (call.status === 'ended') return;
    }
  }

  /**
   * @param {import('./live-call.js').CallEnd} end
   * @param {any} call As the API tells it; null until it was asked.
   */
  function showEnd({ callId, durationMs, hungUpHere }, call) {
    shownEnd = callId;
    const reason = call?.end_reason_text;
    byId('after-words').textContent = hungUpHere ? 'You hung up.' : reason ? `Because ${reason}.` : '';
    byId('after-words').hidden = byId('after-words').textContent === '';
    byId('after-facts').replaceChildren(
      ...fact('Length', clock(call?.duration_ms ?? durationMs)),
      ...fact('Outcome', words(call?.outcome) || '…'),
      ...fact('Cost', call?.status === 'ended' ? money(call.cost_usd) : '…'),
    );
    byId('whole-call').setAttribute('href', `#/calls/${callId}`);
  }

  byId('again').addEventListener('click', () => {
    panel.notice(null);
    panel.show('setup', 'Talk to an agent');
    panel.focus();
  });

  /** Fetches what can be picked. */
  async function load() {
    panel.show('setup', 'Talk to an agent');
    try {
      const choices = await api.choices();
      setup.fill(choices);
      if (choices.agents.length === 0) panel.notice('There is no agent yet. Add a file to agents/.');
      else panel.notice(null);
      loaded = true;
    } catch (error) {
      setup.fill({ agents: [], pipelines: [] });
      panel.notice(messageOf(error));
    }
  }

  return {
    root: byId('talk-view'),
    show({ rest }) {
      if (live === null && !loaded) void load().then(() => setup.pick(rest));
      else if (live === null) setup.pick(rest);
    },
  };
}

/**
 * @param {string} term
 * @param {string} value
 */
function fact(term, value) {
  return [element('dt', {}, term), element('dd', {}, value)];
}
