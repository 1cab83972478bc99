import { byId } from '../parts/element.js';
import { createHeardClock } from './heard.js';
import { createTranscript } from '../conversation/transcript.js';
import { latencyOf, turnOf } from '../conversation/turn-json.js';
import { waterfallTable } from '../conversation/waterfall.js';

/** How long an agent may take to come before the person is told where to look. */
const agentWaitMs = 8_000;
const absentNotice = 'No agent has come to the call yet. Check that a Parley worker is running and has room.';
const leftNotice = 'The agent left the call. Another one takes over when a worker has room; if none comes, hang up.';

/**
 * What came of a tool that the agent's file describes, after "The agent used book-appointment".
 *
 * @type {Record<string, string>}
 */
const cameOf = {
  refused: ', and its server said no',
  failed: ', and it did not work',
  unknown: ', and nobody knows whether it worked',
  waiting: '; its answer comes later',
};

/**
 * @typedef {object} CallEnd
 * @property {string | null} callId Null: no call was placed.
 * @property {string | null} problem What went wrong, and what to do; null for an ordinary end.
 * @property {number} durationMs
 * @property {boolean} hungUpHere
 * @property {(call: any) => void} showMissed Shows what of the call, as the API tells it, did not arrive live.
 */

/**
 * @typedef {object} Answer
 * @property {import('../conversation/waterfall-spans.js').Latency} latency
 * @property {number} [heardMs] Measured here.
 * @property {number} [index] Of the agent's turn it became.
 */

/**
 * One call from the click on Start to its end.
 *
 * @param {object} options
 * @param {import('../shell/api.js').Api} options.api
 * @param {ReturnType<typeof import('./call-panel.js').createCallPanel>} options.panel
 * @param {import('./setup.js').Picked} options.picked
 */
export function createLiveCall({ api, panel, picked }) {
  const transcript = createTranscript(byId('transcript'), {
    live: true,
    emptyHint: 'What both sides say appears here as it is said.',
  });
  /** @type {Answer[]} In the order in which they began to be spoken. */
  const answers = [];
  const heardClock = createHeardClock((position, heardMs) => {
    const answer = answers[position];
    if (!answer) return;
    answer.heardMs = heardMs;
    if (answer.index !== undefined) transcript.heard(answer.index, heardMs);
    if (answer === answers.at(-1)) showLatest(answer);
  });
  const aborted = new AbortController();
  /** @type {string | null} */
  let callId = null;
  /** @type {import('./call.js').RunningCall | null} */
  let running = null;
  /** @type {ReturnType<typeof import('./call-sound.js').createCallSound> | null} */
  let sound = null;
  let hungUpHere = false;
  let agentPresent = false;
  let agentWasHere = false;
  let agentState = 'listening';
  /** @type {Set<number>} Turns that arrived whole. */
  const finished = new Set();
  let segmentId = '';
  let finishedSegmentId = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let agentWait;
  /** @type {(problem: string | null) => void} */
  let end = () => {};
  const over = new Promise((/** @type {(problem: string | null) => void} */ resolve) => {
    end = resolve;
  });

  /** @param {Answer} answer */
  function showLatest({ latency, heardMs }) {
    byId('latest-answer').hidden = false;
    byId('latest-body').replaceChildren(waterfallTable(latency, heardMs));
  }

  /** @param {any} call As the API tells it. */
  function showMissed(call) {
    for (const turn of call.turns) {
      if (!finished.has(turn.index)) finish(turnOf(turn));
    }
  }

  /** @param {import('../conversation/transcript.js').Turn} turn */
  function finish(turn) {
    finished.add(turn.index);
    transcript.turn(turn);
  }

  function showState() {
    if (!agentPresent) panel.state('Waiting for the agent', 'busy');
    else if (agentState === 'speaking') panel.state('Speaking', 'live');
    else if (agentState === 'thinking') panel.state('Thinking', 'busy');
    else panel.state('Listening', 'calm');
  }

  /** @type {Record<string, (data: any) => void>} */
  const onEvent = {
    'turn.caller_partial': ({ text }) => transcript.partial('caller', text),
    'turn.caller': (turn) => {
      // Words that were cut off before they made a turn.
      transcript.partial('agent', '');
      finish(turnOf(turn));
    },
    'turn.agent': (turn) => {
      finishedSegmentId = segmentId;
      finish(turnOf(turn));
      const answer = answers.at(-1);
      if (!turn.latency || !answer || answer.index !== undefined) return;
      answer.index = turn.index;
      if (answer.heardMs !== undefined) transcript.heard(turn.index, answer.heardMs);
    },
    'turn.supervisor': (turn) => finish(turnOf(turn)),
    // Told when an answer begins to be spoken; which turn it becomes is certain only once it was.
    'turn.latency': (told) => {
      const latency = latencyOf(told.latency);
      const answer = { latency };
      answers.push(answer);
      heardClock.turn(answers.length - 1, latency.totalMs, performance.now());
      showLatest(answer);
    },
    'agent.state': ({ state }) => {
      agentState = state;
      showState();
    },
    'tool.called': ({ name, outcome }) => panel.status(`The agent used ${name}${cameOf[outcome] ?? ''}.`),
    'provider.failed': () => panel.notice('A provider failed. The call goes on with its replacement.', 'warn'),
  };

  /** @type {import('./call.js').CallHandlers} */
  const handlers = {
    onEvent: ({ type, data }) => onEvent[type]?.(data),
    onAgentWords(id, text) {
      segmentId = id;
      if (id !== finishedSegmentId) transcript.partial('agent', text);
    },
    onConnection(connected) {
      if (!connected) {
        panel.state('Reconnecting', 'bad');
        panel.status('The connection was lost. Reconnecting…');
        return;
      }
      panel.status('Connected again.', { quiet: true });
      showState();
      // Nobody sends again what was said while the connection was away.
      if (callId !== null) void api.call(callId).then(showMissed, () => {});
    },
    onAgent(present) {
      agentPresent = present;
      agentWasHere ||= present;
      clearTimeout(agentWait);
      if (present) {
        panel.notice(null);
        panel.answered();
        panel.status('Connected.', { quiet: true });
      } else {
        panel.status('Waiting for the agent.', { quiet: true });
        agentWait = setTimeout(() => {
          panel.notice(agentWasHere ? leftNotice : absentNotice, 'warn');
        }, agentWaitMs);
      }
      showState();
    },
    onAgentAudio: (track, audible) => (audible ? sound?.them.connect(track) : sound?.them.disconnect(track)),
    onSoundBlocked: (blocked) => panel.soundBlocked(blocked),
    onEnd: (problem) => end(problem),
  };

  async function place() {
    panel.status('Asking for the microphone…');
    const [{ openMicrophone }, { joinCall }, { createCallSound }] = await Promise.all([
      import('./microphone.js'),
      import('./call.js'),
      import('./call-sound.js'),
    ]);
    const microphone = await openMicrophone();
    try {
      panel.status('Placing the call…');
      const placed = await api.startWebCall(picked.request);
      callId = placed.call_id;
      byId('latest-answer').hidden = true;
      byId('scripted-notice').hidden = !picked.scripted;
      panel.show('call', `Call with ${picked.request.agent}`);
      panel.state('Connecting', 'busy');
      panel.status('Connecting…');
      panel.focus();
      sound = createCallSound(heardClock);
      sound.you.connect(microphone.mediaStreamTrack);
      running = await joinCall({
        livekitUrl: placed.livekit_url || location.origin.replace(/^http/, 'ws'),
        token: placed.token,
        microphone,
        audioParent: byId('agent-audio'),
        handlers,
      });
      if (aborted.signal.aborted) await running.hangUp();
    } catch (error) {
      microphone.stop();
      throw error;
    }
  }

  /** @returns {Promise<CallEnd>} Never rejects. */
  async function run() {
    /** @type {string | null} */
    let problem;
    try {
      await place();
      problem = await over;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(agentWait);
      await sound?.close();
    }
    transcript.partial('caller', '');
    transcript.partial('agent', '');
    return { callId, problem: hungUpHere ? null : problem, durationMs: panel.elapsedMs(), hungUpHere, showMissed };
  }

  return {
    /** Resolves when all is over; a call that could not be placed is one that ended with a problem. */
    ended: run(),
    /** @param {boolean} muted */
    setMuted(muted) {
      panel.status(muted ? 'Your microphone is muted.' : 'Your microphone is on.', { quiet: !muted });
      void running?.setMuted(muted);
    },
    async hangUp() {
      hungUpHere = true;
      aborted.abort();
      await running?.hangUp();
    },
    async playSound() {
      await Promise.all([running?.playSound(), sound?.resume()]);
    },
  };
}
