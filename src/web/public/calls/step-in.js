import { element } from '../parts/element.js';

/**
 * Listening to a call, and taking it over: joins its room as the API lets it.
 *
 * @param {import('../shell/api.js').Api} api
 * @param {string} callId
 * @param {(text: string) => void} say Tells the person what came of it.
 */
export function createStepIn(api, callId, say) {
  // Beside the view, which is made anew while the call goes on: sound that leaves the page stops.
  const sound = element('div', { hidden: true });
  document.body.append(sound);
  const listen = /** @type {HTMLButtonElement} */ (
    element('button', { type: 'button', 'aria-pressed': 'false' }, 'Listen')
  );
  const takeOver = /** @type {HTMLButtonElement} */ (
    element('button', { type: 'button', 'aria-pressed': 'false' }, 'Take over')
  );
  /** @type {import('livekit-client').Room | undefined} */
  let room;
  /** @type {'listen' | 'take_over' | undefined} */
  let mode;

  function show() {
    listen.setAttribute('aria-pressed', String(mode === 'listen'));
    listen.textContent = mode === 'listen' ? 'Stop listening' : 'Listen';
    takeOver.setAttribute('aria-pressed', String(mode === 'take_over'));
    takeOver.textContent = mode === 'take_over' ? 'Give back' : 'Take over';
  }

  /** @param {'listen' | 'take_over'} wanted */
  async function join(wanted) {
    const { Room, RoomEvent } = await import('/vendor/livekit-client.js');
    const { livekit_url: url, token } = await api.control(callId, 'supervise', { mode: wanted });
    const joined = new Room({ disconnectOnPageLeave: true });
    room = joined;
    joined
      .on(RoomEvent.TrackSubscribed, (/** @type {import('livekit-client').RemoteTrack} */ track) => {
        if (track.kind === 'audio') sound.append(track.attach());
      })
      .on(RoomEvent.TrackUnsubscribed, (/** @type {import('livekit-client').RemoteTrack} */ track) => {
        for (const each of track.detach()) each.remove();
      })
      .on(RoomEvent.Disconnected, () => {
        if (room !== joined) return;
        say(mode === 'take_over' ? 'The agent has the call again.' : '');
        [room, mode] = [undefined, undefined];
        sound.replaceChildren();
        show();
      });
    await joined.connect(url, token);
    mode = wanted;
    show();
    if (wanted === 'listen') return say('You hear the call; nobody knows.');
    await joined.localParticipant.setMicrophoneEnabled(true);
    say('You have the call: the caller hears you, and the agent is silent.');
  }

  async function leave() {
    const left = room;
    [room, mode] = [undefined, undefined];
    show();
    sound.replaceChildren();
    await left?.disconnect();
  }

  /** @param {'listen' | 'take_over'} wanted */
  async function toggle(wanted) {
    const was = mode;
    for (const button of [listen, takeOver]) button.disabled = true;
    try {
      await leave();
      if (was === wanted) say(was === 'take_over' ? 'The agent has the call again.' : '');
      else await join(wanted);
    } catch (error) {
      await leave();
      say(error instanceof Error ? error.message : String(error));
    } finally {
      for (const button of [listen, takeOver]) button.disabled = false;
    }
  }
  listen.addEventListener('click', () => void toggle('listen'));
  takeOver.addEventListener('click', () => void toggle('take_over'));

  return {
    buttons: [listen, takeOver],
    async close() {
      await leave();
      sound.remove();
    },
  };
}
