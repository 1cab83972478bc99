import { element } from '../parts/element.js';
import { clock } from '../parts/format.js';
import { spokenOffset, turnAt, timeOfOffset } from './spoken-place.js';
import { createWaveform, peaksOf } from './waveform.js';

/** A longer one is fetched when it is asked for: 16 MB are two hours. */
const mostBytesUnasked = 16e6;
/** Enough for the outline, and an eighth of the memory. */
const outlineRateHz = 8000;
const highlightName = 'spoken';

/**
 * @typedef {object} Recording As the API tells it.
 * @property {string} recording_id
 * @property {string} path
 * @property {string} status
 * @property {number} started_ms
 * @property {number | null} duration_ms
 * @property {number | null} bytes
 */

/**
 * One recording: both sides as a picture, with the words running along.
 *
 * @param {import('../shell/api.js').Api} api
 * @param {Recording} recording
 * @param {HTMLElement} shownTranscript Its turns are marked while they are heard.
 */
export function createRecordingPlayer(api, recording, shownTranscript) {
  let transcript = shownTranscript;
  const audio = /** @type {HTMLAudioElement} */ (element('audio', { preload: 'auto' }));
  const play = /** @type {HTMLButtonElement} */ (element('button.play', { type: 'button' }, 'Play'));
  const place = /** @type {HTMLInputElement} */ (
    element('input', {
      type: 'range',
      min: 0,
      max: recording.duration_ms ?? 0,
      step: 100,
      value: 0,
      'aria-label': 'Position',
    })
  );
  const time = element('span.time');
  const speed = /** @type {HTMLSelectElement} */ (
    element(
      'select',
      { 'aria-label': 'Speed' },
      ...['1', '1.5', '2'].map((value) => element('option', { value }, `${value}×`)),
    )
  );
  const save = element('a.save', { hidden: true, download: `${recording.recording_id}.ogg` }, 'Save');
  const waveform = createWaveform();
  const notice = element('p.hint', { role: 'status' });
  const root = element(
    'div.recording',
    {},
    waveform.root,
    element('p.hint', {}, 'The caller is above the line, the agent below it.'),
    element('div.recording-controls', {}, play, place, time, speed, save),
    notice,
  );
  // Beside the view, which may be made anew meanwhile: sound that leaves the page stops.
  document.body.append(audio);
  const { started_ms: startedMs } = recording;
  const durationMs = recording.duration_ms ?? 0;
  /** @type {Promise<boolean> | undefined} */
  let loading;
  /** @type {import('../conversation/transcript.js').Turn[]} */
  let turns = [];
  /** @type {string | undefined} */
  let url;

  async function load() {
    notice.textContent = 'Fetching the recording…';
    try {
      const sound = await api.sound(recording.path);
      url = URL.createObjectURL(sound);
      audio.src = url;
      save.setAttribute('href', url);
      save.hidden = false;
      const decoder = new OfflineAudioContext(2, 1, outlineRateHz);
      const decoded = await decoder.decodeAudioData(await sound.arrayBuffer());
      waveform.draw(peaksOf(decoded.getChannelData(0)), peaksOf(decoded.getChannelData(1)));
      notice.textContent = '';
      return true;
    } catch (error) {
      notice.textContent = error instanceof Error ? error.message : String(error);
      loading = undefined;
      return url !== undefined;
    }
  }

  /** @param {number} ms Since the answer of the call. */
  async function hearFrom(ms) {
    if (!(await (loading ??= load()))) return;
    audio.currentTime = Math.max(0, ms - startedMs) / 1000;
    follow();
    await audio.play().catch(() => undefined);
  }

  function follow() {
    const atMs = audio.currentTime * 1000;
    waveform.move(durationMs > 0 ? Math.min(1, atMs / durationMs) : 0);
    if (document.activeElement !== place || !audio.paused) place.value = String(Math.round(atMs));
    time.textContent = `${clock(atMs)} / ${clock(durationMs)}`;
    place.setAttribute('aria-valuetext', clock(atMs));
    mark(transcript, turns, audio.paused && atMs === 0 ? undefined : startedMs + atMs);
    if (!audio.paused) requestAnimationFrame(follow);
  }

  play.addEventListener('click', () => {
    if (audio.paused) void hearFrom(startedMs + (audio.ended ? 0 : audio.currentTime * 1000));
    else audio.pause();
  });
  place.addEventListener('input', () => {
    void (loading ??= load()).then(() => {
      audio.currentTime = Number(place.value) / 1000;
      follow();
    });
  });
  waveform.root.addEventListener('click', (event) => {
    const box = waveform.root.getBoundingClientRect();
    void hearFrom(startedMs + ((event.clientX - box.left) / box.width) * durationMs);
  });
  speed.addEventListener('change', () => (audio.playbackRate = Number(speed.value)));
  for (const type of ['play', 'pause', 'ended', 'seeked'])
    audio.addEventListener(type, () => {
      play.textContent = audio.paused ? 'Play' : 'Pause';
      follow();
    });
  follow();
  if ((recording.bytes ?? 0) <= mostBytesUnasked) loading = load();

  return {
    root,
    hearFrom,
    /** Whether this moment of the call is in it. @param {number} ms Since the answer. */
    covers: (ms) => ms >= startedMs - 1000 && ms < startedMs + durationMs,
    /** @param {import('../conversation/transcript.js').Turn[]} said */
    setTurns(said) {
      turns = said;
    },
    /** @param {HTMLElement} next Takes the place of the one before. */
    setTranscript(next) {
      transcript = next;
    },
    pause: () => audio.pause(),
    close() {
      audio.pause();
      audio.remove();
      if (url !== undefined) URL.revokeObjectURL(url);
    },
  };
}

/**
 * Marks the turn, and in it the words, that are heard at this moment.
 *
 * @param {HTMLElement} transcript
 * @param {import('../conversation/transcript.js').Turn[]} turns
 * @param {number | undefined} ms
 */
function mark(transcript, turns, ms) {
  const heard = ms === undefined ? undefined : turnAt(turns, ms);
  for (const item of transcript.querySelectorAll('li.turn'))
    item.classList.toggle(
      'heard',
      heard !== undefined && /** @type {HTMLElement} */ (item).dataset['index'] === String(heard.index),
    );
  if (!('highlights' in CSS)) return;
  const text = heard && transcript.querySelector(`li.turn[data-index="${heard.index}"] .said`)?.firstChild;
  if (!heard || !text || ms === undefined) return void CSS.highlights.delete(highlightName);
  const range = new Range();
  range.setStart(text, 0);
  range.setEnd(text, Math.min(text.textContent?.length ?? 0, spokenOffset(heard, ms)));
  CSS.highlights.set(highlightName, new Highlight(range));
}

/**
 * Lets a person hear a turn by its time, and any word by a click on it.
 *
 * @param {HTMLElement} transcript
 * @param {import('../conversation/transcript.js').Turn[]} turns
 * @param {(ms: number) => void} hearFrom
 */
export function makeAudible(transcript, turns, hearFrom) {
  for (const turn of turns) {
    const at = transcript.querySelector(`li.turn[data-index="${turn.index}"] .at`);
    const { startedMs } = turn;
    if (!at || startedMs === undefined) continue;
    const label = clock(startedMs);
    const button = element('button.at', { type: 'button', 'aria-label': `Hear from ${label}` }, label);
    button.addEventListener('click', () => hearFrom(startedMs));
    at.replaceWith(' ', button);
  }
  transcript.addEventListener('click', (event) => {
    const said = event.target instanceof Element ? event.target.closest('.said') : null;
    const index = /** @type {HTMLElement | null} */ (said?.closest('li.turn') ?? null)?.dataset['index'];
    const turn = turns.find((each) => String(each.index) === index);
    // Whoever marks words to copy them does not want to hear them.
    if (!turn || document.getSelection()?.type === 'Range') return;
    hearFrom(timeOfOffset(turn, document.caretPositionFromPoint?.(event.clientX, event.clientY)?.offset ?? 0));
  });
}
