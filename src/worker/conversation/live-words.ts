import { randomUUID } from 'node:crypto';
import { voice } from '@livekit/agents';
import type { Room } from '@livekit/rtc-node';
import type { Log } from '../../telemetry/logger.ts';
import type { CallAudioOutput } from '../sound/audio-output.ts';
import { safely } from '../safely.ts';

/** LiveKit's own topic and attributes of transcriptions, which its components can show too. */
const topic = 'lk.transcription';
const intervalMs = 200;

type Writer = { write(text: string): Promise<void>; close(): Promise<void> };

/** Shows the agent's words in the room while they are spoken, one text stream per utterance. Returns what stops it. */
export function showWords({ room, output, log }: { room: Room; output: CallAudioOutput; log: Log }): () => void {
  let timer: NodeJS.Timeout | undefined;
  let shown = '';
  /** Writes follow one another; a failed one ends what is shown of this utterance. */
  let writing: Promise<Writer | undefined> = Promise.resolve(undefined);

  const then = (write: (writer: Writer) => Promise<void>) => {
    writing = writing.then(async (writer) => {
      if (writer && room.isConnected) await write(writer);
      return writer;
    });
    writing = writing.catch((error: unknown) => {
      log('debug', 'the words of the agent could not be shown', { error });
      return undefined;
    });
  };
  const show = (text: string) => {
    if (!text.startsWith(shown) || text.length === shown.length) return;
    const added = text.slice(shown.length);
    shown = text;
    then((writer) => writer.write(added));
  };
  const finish = () => {
    clearInterval(timer);
    timer = undefined;
    then((writer) => writer.close());
  };

  const onStarted = safely({ name: 'words.started', log }, () => {
    if (timer) finish();
    shown = '';
    const attributes = { 'lk.segment_id': randomUUID(), 'lk.transcription_final': 'false' };
    writing = writing.then(() => room.localParticipant?.streamText({ topic, attributes })).catch(() => undefined);
    show(output.wordsHeard());
    timer = setInterval(
      safely({ name: 'words.show', log }, () => show(output.wordsHeard())),
      intervalMs,
    );
  });
  const onFinished = safely({ name: 'words.finished', log }, (event: voice.PlaybackFinishedEvent) => {
    if (timer === undefined) return;
    show(event.synchronizedTranscript ?? output.wordsHeard());
    finish();
  });
  output.on(voice.AudioOutput.EVENT_PLAYBACK_STARTED, onStarted);
  output.on(voice.AudioOutput.EVENT_PLAYBACK_FINISHED, onFinished);
  return () => {
    if (timer) finish();
    output.off(voice.AudioOutput.EVENT_PLAYBACK_STARTED, onStarted);
    output.off(voice.AudioOutput.EVENT_PLAYBACK_FINISHED, onFinished);
  };
}
