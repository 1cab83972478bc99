import { createLocalAudioTrack } from '/vendor/livekit-client.js';

/** The microphone could not be had. `message` says what the person can do about it. */
export class MicrophoneError extends Error {}

/**
 * Opens the microphone, with echo cancellation so that the agent does not hear itself.
 *
 * @returns {Promise<import('livekit-client').LocalAudioTrack>} Rejects with `MicrophoneError`.
 */
export async function openMicrophone() {
  if (!window.isSecureContext || !navigator.mediaDevices) {
    throw new MicrophoneError(
      'Browsers give the microphone only to https pages and to localhost. ' +
        `Start Parley with PARLEY_HTTPS=1 and open https://${location.host}, or open this page on the machine it runs on.`,
    );
  }
  try {
    return await createLocalAudioTrack({ echoCancellation: true, noiseSuppression: true, autoGainControl: true });
  } catch (error) {
    throw new MicrophoneError(cure(error instanceof Error ? error.name : ''), { cause: error });
  }
}

/** @param {string} name Of the DOMException. */
function cure(name) {
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'The microphone was refused. Allow it for this page (the icon beside the address, or the system’s privacy settings), then start the call again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No microphone was found. Plug one in or choose one in the system’s sound settings, then start the call again.';
    case 'NotReadableError':
    case 'AbortError':
      return 'The microphone is busy. Close the program that is using it, then start the call again.';
    default:
      return 'The microphone could not be opened. Check the system’s sound settings, then start the call again.';
  }
}
