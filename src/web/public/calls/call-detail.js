import { ApiError } from '../shell/api.js';
import { callActions } from './call-actions.js';
import { createCallControls } from './call-controls.js';
import { events } from './call-events.js';
import { costs, facts, given, messages, toolRuns } from './call-facts.js';
import { costOf, isRunning, withWhom } from './call-list.js';
import { resultParts } from './call-result.js';
import { byId, element } from '../parts/element.js';
import { createRecordingPlayer, makeAudible } from './recording-player.js';
import { createRefresh } from '../parts/refresh.js';
import { createTranscript } from '../conversation/transcript.js';
import { turnOf } from '../conversation/turn-json.js';

const refreshMs = { running: 2000, retry: 8000 };
const resultMs = 60_000;

/**
 * One call to be read: what was said and when, how long each answer took, what it cost, what happened.
 *
 * @param {import('../shell/views.js').Context} context
 */
export function createCallDetail(context) {
  const { api, session } = context;
  const body = byId('detail-body');
  const heading = byId('detail-heading');
  /** @type {string | null} */
  let callId = null;
  let shownJson = '';
  /** @type {Map<string, ReturnType<typeof createRecordingPlayer>>} By the id of the recording. */
  const players = new Map();
  /** @type {ReturnType<typeof createCallControls> | undefined} Of a call that runs. */
  let controls;
  /** @type {Node[] | undefined} What can be done about a call that is over. */
  let actions;
  let actionsFor = '';

  const refresh = createRefresh(async (signal) => {
    if (callId === null) return refreshMs.retry;
    try {
      const [call, { events: happened }, { tool_runs: runs }] = await Promise.all([
        api.call(callId, signal),
        api.events(callId, signal),
        api.get(`/api/calls/${encodeURIComponent(callId)}/tool-runs`, signal),
      ]);
      if (signal.aborted) return refreshMs.retry;
      byId('detail-notices').replaceChildren();
      const json = JSON.stringify([call, happened, runs]);
      if (json !== shownJson) render(call, happened, runs);
      shownJson = json;
      if (!isRunning(call) && !awaitsResult(call)) refresh.stop();
      return refreshMs.running;
    } catch (error) {
      if (!signal.aborted) {
        const text = error instanceof Error ? error.message : String(error);
        byId('detail-notices').replaceChildren(element('p.notice.bad', { role: 'alert' }, text));
        if (shownJson === '') body.replaceChildren();
      }
      // Who has just declined to give a key is not asked again by the clock.
      if (error instanceof ApiError && error.code === 'no_key') refresh.stop();
      return refreshMs.retry;
    }
  });

  /**
   * @param {any} call
   * @param {any[]} happened
   * @param {any[]} runs
   */
  function render(call, happened, runs) {
    heading.textContent = `${call.agent} ${withWhom(call)}`;
    const open = new Set([...body.querySelectorAll('details[open][data-part]')].map((each) => partOf(each)));
    const transcript = element('div.transcript');
    for (const player of players.values()) player.setTranscript(transcript);
    const heard = recordings(call, transcript);
    const focused = controls?.root.contains(document.activeElement) ? document.activeElement : null;
    if (!actions || actionsFor !== `${call.call_id} ${call.status}`) {
      actions = callActions(context, call, () => refresh.start());
      actionsFor = `${call.call_id} ${call.status}`;
    }
    const withIt = given(call);
    body.replaceChildren(
      facts(call),
      ...controlsOf(call),
      ...messages(call.messages ?? []),
      ...heard,
      ...resultParts(call.result),
      element('h3', {}, 'Transcript'),
      transcript,
      ...(withIt ? [part('given', 'Given with the call', withIt, open)] : []),
      ...(runs.length > 0 ? [part('tools', `Tools: ${runs.length}`, toolRuns(runs), open)] : []),
      part('costs', `Cost: ${costOf(call)}`, costs(call.costs), open),
      part('events', `Events: ${happened.length}`, events(happened, call.created_at), open),
      ...actions,
    );
    // What is put back into the page has lost the focus.
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true });
    const emptyHint = isRunning(call) ? 'Nothing has been said yet.' : 'Nothing was said.';
    const said = createTranscript(transcript, { live: false, emptyHint });
    const turns = call.turns.map(turnOf);
    for (const turn of turns) said.turn(turn);
    if (players.size === 0) return;
    for (const player of players.values()) player.setTurns(turns);
    makeAudible(transcript, turns, (ms) => {
      const all = [...players.values()];
      for (const each of all) each.pause();
      void (all.find((player) => player.covers(ms)) ?? all[0])?.hearFrom(ms);
    });
  }

  /**
   * The players of a call stay while it is read, whatever else of it changes.
   *
   * @param {any} call
   * @param {HTMLElement} transcript
   */
  function recordings(call, transcript) {
    const all = /** @type {import('./recording-player.js').Recording[]} */ (call.recordings ?? []);
    if (all.length === 0) return [];
    const parts = all.map((recording) => {
      if (recording.status !== 'kept') return element('p.hint', {}, notYet(recording));
      const known = players.get(recording.recording_id);
      const player = known ?? createRecordingPlayer(api, recording, transcript);
      players.set(recording.recording_id, player);
      return player.root;
    });
    return [element('h3', {}, all.length === 1 ? 'Recording' : 'Recordings'), ...parts];
  }

  /**
   * They stay while the call runs, with what is being typed into them.
   *
   * @param {any} call
   */
  function controlsOf(call) {
    if (session.may('calls:write') && call.status === 'in_progress' && call.answered_at) {
      controls ??= createCallControls(api, call);
      return [controls.root];
    }
    closeControls();
    return [];
  }

  function closeControls() {
    controls?.close();
    controls = undefined;
  }

  function closePlayers() {
    for (const player of players.values()) player.close();
    players.clear();
  }

  return {
    /** While another view is looked at. */
    pause() {
      refresh.stop();
      for (const player of players.values()) player.pause();
    },
    /** @param {string | null} id Null: no call is chosen. */
    show(id) {
      if (id === callId) {
        if (id !== null) refresh.start();
        return;
      }
      callId = id;
      closePlayers();
      closeControls();
      shownJson = '';
      byId('detail-notices').replaceChildren();
      heading.textContent = 'Call';
      refresh.stop();
      body.replaceChildren(element('p.empty', {}, id === null ? 'Choose a call to read it.' : 'Fetching the call…'));
      if (id === null) return;
      heading.focus({ preventScroll: true });
      window.scrollTo({ top: 0 });
      refresh.start();
    },
  };
}

/** @param {import('./recording-player.js').Recording} recording */
function notYet({ status }) {
  return status === 'recording'
    ? 'The call is being recorded; it can be heard when it is over.'
    : 'The recording is on its way to the bucket.';
}

/**
 * Whether a result may still come: it is found out after the end.
 *
 * @param {any} call
 */
function awaitsResult({ result, ended_at: endedAt }) {
  return !result && endedAt !== null && Date.now() - Date.parse(endedAt) < resultMs;
}

/** @param {Element} details */
function partOf(details) {
  return /** @type {HTMLElement} */ (details).dataset['part'] ?? '';
}

/**
 * @param {string} name
 * @param {string} title
 * @param {HTMLElement} content
 * @param {Set<string>} open
 */
function part(name, title, content, open) {
  return element('details.part', { 'data-part': name, open: open.has(name) }, element('summary', {}, title), content);
}
