import { randomInt } from 'node:crypto';
import { newId } from '../../calls/new-id.ts';
import type {
  BegunRecording,
  RecordingFile,
  RecordingSpool,
  WholeRecording,
} from '../../calls/recordings/recording-ports.ts';
import type { Log } from '../../telemetry/logger.ts';
import { sampleRateHz } from '../conversation/sdk-pins.ts';
import { OggOpusWriter, packetMs } from './ogg-opus.ts';
import { packetSamples, SideEncoder } from './side.ts';
import { Timeline } from './timeline.ts';

const writeEveryMs = 250;
const packetsPerPage = 1000 / packetMs;
/** A disk that was full is tried again after that. */
const retryMs = 5_000;
/** What a disk that hangs may leave in memory; then it counts as full. */
const mostWaitingBytes = 512 * 1024;
/** A disk that hangs is not waited for longer at the end of a call. */
const longestFinishMs = 5_000;

/** What becomes of a recording; whoever is told writes it down. */
export type RecordingNews = {
  begun(part: BegunRecording): void;
  finished(part: WholeRecording): void;
  /** It cannot be written; it is tried again, and the call goes on. */
  failed(reason: string): void;
};

type Options = {
  call: { id: string; tenantId: string };
  spool: RecordingSpool;
  news: RecordingNews;
  /** Milliseconds since the answer of the call. */
  nowMs: () => number;
  log: Log;
};

type Part = {
  name: BegunRecording;
  file: RecordingFile;
  ogg: OggOpusWriter;
  sides: [SideEncoder, SideEncoder];
  waitingBytes: number;
  writing: Promise<void>;
};

/**
 * Records one session of a call, both sides apart, while it runs. A disk that does not take it holds nobody up: it is said, and
 * what comes later is recorded in another file.
 */
export class CallRecorder {
  readonly timeline = new Timeline();
  readonly #options: Options;
  readonly #timer: NodeJS.Timeout;
  readonly #samples: [Int16Array, Int16Array] = [new Int16Array(packetSamples), new Int16Array(packetSamples)];
  #part: Part | undefined;
  #opening: Promise<void> | undefined;
  #retryAtMs = 0;
  #failing = false;
  #closed = false;
  #over = false;

  /** Sound is written from now on. */
  constructor(options: Options) {
    this.#options = options;
    this.timeline.startAt(options.nowMs());
    this.#timer = setInterval(() => this.#write(), writeEveryMs);
    this.#write();
  }

  #write(): void {
    const { nowMs } = this.#options;
    if (!this.#part) {
      if (!this.#opening && nowMs() >= this.#retryAtMs)
        this.#opening = this.#open().finally(() => (this.#opening = undefined));
      // The beginning waits for its file; what was said while there was none is not kept.
      if (this.#failing) this.timeline.startAt(nowMs() - writeEveryMs);
      return;
    }
    this.#encode(this.#part, (left, right) => this.timeline.take(left, right, nowMs()));
  }

  async #open(): Promise<void> {
    const { call, spool } = this.#options;
    const id = newId('rec');
    try {
      // An encoder that spoke before has the end of that still to say.
      const sides = await Promise.all([SideEncoder.create(), SideEncoder.create()]);
      const file = await spool.create({ id, callId: call.id, tenantId: call.tenantId }).catch((error: unknown) => {
        for (const side of sides) side.close();
        throw error;
      });
      const startedMs = Math.round(this.timeline.headMs);
      const ogg = new OggOpusWriter({ serial: randomInt(2 ** 32), preSkip: sides[0].preSkip });
      const name = { id, callId: call.id, tenantId: call.tenantId, startedMs, storage: spool.storage };
      const part: Part = { name, file, ogg, sides, waitingBytes: 0, writing: Promise.resolve() };
      this.#part = part;
      // Nobody waits for it any more.
      if (this.#over) return void this.#drop()?.file.abandon();
      this.#append(part, ogg.head({ PARLEY_STARTED_MS: String(startedMs) }, sampleRateHz));
      await part.writing;
      if (this.#part === part) this.#options.news.begun(name);
    } catch (error) {
      this.#fail(error);
    }
  }

  #encode(part: Part, take: (left: Int16Array, right: Int16Array) => boolean): void {
    const [left, right] = this.#samples;
    while (this.#part === part && take(left, right)) {
      part.ogg.add(part.sides[0].encode(left), part.sides[1].encode(right));
      if (part.ogg.waiting >= packetsPerPage) this.#append(part, part.ogg.page());
    }
  }

  #append(part: Part, page: Uint8Array): void {
    part.waitingBytes += page.length;
    if (part.waitingBytes > mostWaitingBytes) return this.#fail(new Error('The disk does not take it.'));
    part.writing = part.writing.then(async () => {
      if (this.#part !== part) return;
      try {
        await part.file.append(page);
        part.waitingBytes -= page.length;
        this.#failing = false;
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #fail(error: unknown): void {
    const { log, news, nowMs } = this.#options;
    void this.#drop()
      ?.file.abandon()
      .catch(() => undefined);
    this.#retryAtMs = nowMs() + retryMs;
    if (this.#failing) return;
    this.#failing = true;
    const reason = error instanceof Error ? error.message : String(error);
    log('error', 'the call cannot be recorded now; it goes on, and recording is tried again', { error });
    news.failed(reason);
  }

  /** Frees what the part holds; its file stays as it is. */
  #drop(): Part | undefined {
    const part = this.#part;
    this.#part = undefined;
    for (const side of part?.sides ?? []) side.close();
    return part;
  }

  /** Writes what is left. Never rejects. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, longestFinishMs);
    await Promise.race([this.#finish(), late.promise]).finally(() => clearTimeout(timer));
    this.#over = true;
    void this.#drop()
      ?.file.abandon()
      .catch(() => undefined);
  }

  async #finish(): Promise<void> {
    await this.#opening;
    const part = this.#part;
    if (!part) return;
    const { news, nowMs } = this.#options;
    const endMs = nowMs();
    this.#encode(part, (left, right) => this.timeline.takeRest(left, right, endMs));
    this.#append(part, part.ogg.page({ last: true }));
    await part.writing;
    if (this.#part !== part) return;
    try {
      const bytes = await part.file.finish();
      this.#drop();
      const state = part.name.storage === 'folder' ? 'kept' : 'uploading';
      news.finished({ ...part.name, durationMs: part.ogg.durationMs, bytes, state });
    } catch (error) {
      this.#fail(error);
    }
  }
}
