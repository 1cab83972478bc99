import {
  ConnectionError,
  ConnectionErrorReason,
  DisconnectReason,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
} from '/vendor/livekit-client.js';

// A room that ends while data is under way is an ordinary end here, and nothing for the console.
setLogLevel('silent');

/** The topic on which the session tells what happens in the call. */
const eventsTopic = 'parley.events';
/** The text stream on which the agent's words arrive while they are spoken. */
const transcriptionTopic = 'lk.transcription';

/**
 * @typedef {object} CallEvent What the session tells: the same events as on the API's live stream.
 * @property {string} type
 * @property {string} at
 * @property {any} data
 *
 * @typedef {object} CallHandlers
 * @property {(event: CallEvent) => void} onEvent
 * @property {(segmentId: string, text: string) => void} onAgentWords The words of one segment so far.
 * @property {(connected: boolean) => void} onConnection False while the connection is being restored.
 * @property {(present: boolean) => void} onAgent The agent came or went.
 * @property {(track: MediaStreamTrack, audible: boolean) => void} onAgentAudio A track of the agent starts or stops.
 * @property {(blocked: boolean) => void} onSoundBlocked The browser wants a click before it plays sound.
 * @property {(problem: string | null) => void} onEnd Once. Null: an ordinary end.
 *
 * @typedef {object} RunningCall
 * @property {(muted: boolean) => Promise<void>} setMuted
 * @property {() => Promise<void>} playSound To be called in a click.
 * @property {() => Promise<void>} hangUp
 */

/**
 * Joins the room, publishes the microphone and plays what the agent says.
 *
 * @param {object} options
 * @param {string} options.livekitUrl `ws:` or `wss:`.
 * @param {string} options.token
 * @param {import('livekit-client').LocalAudioTrack} options.microphone Stopped when the call ends.
 * @param {HTMLElement} options.audioParent Holds the audio elements.
 * @param {CallHandlers} options.handlers
 * @returns {Promise<RunningCall>} Rejects with an `Error` whose message may be shown.
 */
export async function joinCall({ livekitUrl, token, microphone, audioParent, handlers }) {
  const room = new Room({ disconnectOnPageLeave: true });
  let joined = false;

  room
    .on(RoomEvent.DataReceived, (payload, _participant, _kind, topic) => {
      if (topic !== eventsTopic) return;
      const event = parse(payload);
      if (event) handlers.onEvent(event);
    })
    .on(RoomEvent.TrackSubscribed, (track) => {
      if (track.kind !== Track.Kind.Audio) return;
      audioParent.append(track.attach());
      handlers.onAgentAudio(track.mediaStreamTrack, true);
    })
    .on(RoomEvent.TrackUnsubscribed, (track) => {
      if (track.kind !== Track.Kind.Audio) return;
      handlers.onAgentAudio(track.mediaStreamTrack, false);
      for (const audio of track.detach()) audio.remove();
    })
    .on(RoomEvent.ParticipantConnected, () => handlers.onAgent(true))
    .on(RoomEvent.ParticipantDisconnected, () => handlers.onAgent(room.remoteParticipants.size > 0))
    .on(RoomEvent.AudioPlaybackStatusChanged, () => handlers.onSoundBlocked(!room.canPlaybackAudio))
    .on(RoomEvent.SignalReconnecting, () => handlers.onConnection(false))
    .on(RoomEvent.Reconnecting, () => handlers.onConnection(false))
    .on(RoomEvent.Reconnected, () => handlers.onConnection(true))
    .on(RoomEvent.Disconnected, (reason) => {
      microphone.stop();
      audioParent.replaceChildren();
      if (joined) handlers.onEnd(problemOf(reason));
    });
  room.registerTextStreamHandler(transcriptionTopic, (reader, sender) => {
    // The caller's own words come as events; only the agent's are needed while they are spoken.
    if (sender.identity === room.localParticipant.identity) return;
    const segmentId = reader.info.attributes?.['lk.segment_id'] ?? reader.info.id;
    void readWords(reader, (text) => handlers.onAgentWords(segmentId, text));
  });

  try {
    await room.connect(livekitUrl, token);
    joined = true;
    await room.localParticipant.publishTrack(microphone, { source: Track.Source.Microphone });
  } catch (error) {
    joined = false;
    microphone.stop();
    await room.disconnect();
    throw new Error(joinProblem(error), { cause: error });
  }
  handlers.onAgent(room.remoteParticipants.size > 0);

  return {
    async setMuted(muted) {
      await (muted ? microphone.mute() : microphone.unmute());
    },
    playSound: () => room.startAudio(),
    hangUp: () => room.disconnect(),
  };
}

/**
 * @param {AsyncIterable<string>} reader
 * @param {(text: string) => void} onText
 */
async function readWords(reader, onText) {
  let text = '';
  try {
    for await (const chunk of reader) onText((text += chunk));
  } catch {
    // The stream breaks off when the agent leaves; the finished turn tells what was said.
  }
}

/**
 * @param {Uint8Array} payload
 * @returns {CallEvent | null} Null for what is not an event of ours.
 */
function parse(payload) {
  try {
    const event = JSON.parse(new TextDecoder().decode(payload));
    return typeof event?.type === 'string' ? { ...event, data: event.data ?? {} } : null;
  } catch {
    return null;
  }
}

/** @param {unknown} error */
function joinProblem(error) {
  if (!(error instanceof ConnectionError)) return 'The call could not be joined. Try again.';
  switch (error.reason) {
    case ConnectionErrorReason.NotAllowed:
      return 'The pass for this call is no longer valid. Start a new call.';
    case ConnectionErrorReason.ServiceNotFound:
    case ConnectionErrorReason.LeaveRequest:
      return 'The room of this call is gone. Start a new call.';
    default:
      return 'LiveKit could not be reached from this browser. Check that it is running and that its ports are open, then try again.';
  }
}

/**
 * @param {import('livekit-client').DisconnectReason | undefined} reason
 * @returns {string | null}
 */
function problemOf(reason) {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
    case DisconnectReason.PARTICIPANT_REMOVED:
      return null;
    case DisconnectReason.DUPLICATE_IDENTITY:
      return 'The call was taken over in another tab.';
    case DisconnectReason.SERVER_SHUTDOWN:
      return 'LiveKit was stopped, which ended the call.';
    default:
      return 'The connection was lost and could not be restored. Start a new call.';
  }
}
