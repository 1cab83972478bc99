import { ApiError } from './api.js';
import { createCallControls } from './call-controls.js';
import { costOf, isRunning, lengthOf, statusChip, withWhom } from './call-list.js';
import { resultParts } from './call-result.js';
import { byId, element } from './element.js';
import { clock, money, span, words } from './format.js';
import { createRecordingPlayer, makeAudible } from './recording-player.js';
import { createRefresh } from './refresh.js';
import { createTranscript } from './transcript.js';
import { turnOf } from './turn-json.js';

const refreshMs = { running: 2000, retry: 8000 };
const resultMs = 60_000;

/**
 * One call to be read: what was said and when, how long each answer took, what it cost, what happened.
 *
 * @param {import('./api.js').Api} api
 */
export function createCallDetail(api) {
  const body = byId('detail-body');
  const heading = byId('detail-heading');
  /** @type {string | null} */
  let callId = null;
  let shownJson = '';
  /** @type {Map<string, ReturnType<typeof createRecordingPlayer>>} By the id of the recording. */
  const players = new Map();
  /** @type {ReturnType<typeof createCallControls> | undefined} Of a call that runs. */
  let controls;

  const refresh = createRefresh(async (signal) => {
    if (callId === null) return refreshMs.retry;
    try {
      const [call, { events }] = await Promise.all([api.call(callId, signal), api.events(callId, signal)]);
      if (signal.aborted) return refreshMs.retry;
      byId('detail-notices').replaceChildren();
      const json = JSON.stringify([call, events]);
      if (json !== shownJson) render(call, events);
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
   */
  function render(call, happened) {
    heading.textContent = `${call.agent} ${withWhom(call)}`;
    const open = new Set([...body.querySelectorAll('details[open][data-part]')].map((each) => partOf(each)));
    const transcript = element('div.transcript');
    for (const player of players.values()) player.setTranscript(transcript);
    const heard = recordings(call, transcript);
    const focused = controls?.root.contains(document.activeElement) ? document.activeElement : null;
    body.replaceChildren(
      facts(call),
      ...controlsOf(call),
      ...messages(call.messages ?? []),
      ...heard,
      ...resultParts(call.result),
      element('h3', {}, 'Transcript'),
      transcript,
      part('costs', `Cost: ${costOf(call)}`, costs(call.costs), open),
      part('events', `Events: ${happened.length}`, events(happened, call.created_at), open),
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
    if (call.status === 'in_progress' && call.answered_at) {
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

/** @param {any} call */
function facts(call) {
  /** @type {[string, Node | string][]} */
  const rows = [
    ['Status', statusChip(call)],
    ['Ended because', call.end_reason_text ?? ''],
    ['Started', element('time', { datetime: call.created_at }, new Date(call.created_at).toLocaleString())],
    ['Length', lengthOf(call)],
    ['Answer time', answerTimes(call.latency?.total_ms)],
    ['Pipeline', call.pipeline ?? '–'],
    ['Call', element('code', {}, call.call_id)],
  ];
  return element(
    'dl.facts',
    {},
    ...rows.flatMap(([term, value]) => (value === '' ? [] : [element('dt', {}, term), element('dd', {}, value)])),
  );
}

/** @param {{ n: number, p50: number, p95: number } | undefined} totals Over all answers, milliseconds. */
function answerTimes(totals) {
  if (!totals) return '';
  if (totals.n === 1) return span(totals.p50);
  return `median ${span(totals.p50)}, 95 % within ${span(totals.p95)} (${totals.n} answers)`;
}

/** @param {any[]} taken What the caller asked to be passed on. */
function messages(taken) {
  if (taken.length === 0) return [];
  return [
    element('h3', {}, taken.length === 1 ? 'Message' : 'Messages'),
    ...taken.map((message) => {
      const from = [message.caller_name, message.phone_number].filter(Boolean).join(', ');
      return element(
        'blockquote.message',
        {},
        element('p', {}, message.text),
        element('p.hint', {}, from || 'No name given'),
      );
    }),
  ];
}

/** @param {any[]} lines */
function costs(lines) {
  if (lines.length === 0) return element('p.empty', {}, 'No cost lines yet.');
  return table(
    'Cost lines',
    ['What', 'Provider', 'Quantity', 'Price'],
    lines.map((line) => [
      line.component,
      `${line.provider}${line.model ? ` · ${line.model}` : ''}`,
      `${Number(line.quantity).toLocaleString()} ${words(line.unit)}`,
      money(line.usd),
    ]),
  );
}

/**
 * @param {any[]} all
 * @param {string} startedAt
 */
function events(all, startedAt) {
  if (all.length === 0) return element('p.empty', {}, 'No events yet.');
  const started = Date.parse(startedAt);
  return table(
    'Events',
    ['At', 'Event', 'Data'],
    all.map((event) => [
      clock(Date.parse(event.at) - started),
      element('code', {}, event.type),
      element('code.data', {}, Object.keys(event.data ?? {}).length === 0 ? '' : JSON.stringify(event.data)),
    ]),
  );
}

/**
 * @param {string} name
 * @param {string[]} columns
 * @param {(string | Node)[][]} rows
 */
function table(name, columns, rows) {
  return element(
    'div.scroll',
    { tabindex: '0', role: 'group', 'aria-label': name },
    element(
      'table.plain',
      {},
      element('caption.visually-hidden', {}, name),
      element('thead', {}, element('tr', {}, ...columns.map((column) => element('th', { scope: 'col' }, column)))),
      element('tbody', {}, ...rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell))))),
    ),
  );
}
