/** `recording`: a session writes it. `uploading`: it is whole, and still on the disk of the worker. `kept`: it can be fetched. */
export const recordingStates = ['recording', 'uploading', 'kept'] as const;
export type RecordingState = (typeof recordingStates)[number];

/** Where a file is kept: in a folder of this installation, or in a bucket. */
export type RecordingStorage = 'folder' | 's3';

/** What tells the file of a recording from all others. */
export type RecordingName = { tenantId: string; callId: string; id: string };

export type KeptFile = RecordingName & { storage: RecordingStorage };

/** One file: a stretch of one call, without gaps. A call has more than one where a process died or a disk was full. */
export type Recording = RecordingName & {
  /** Milliseconds from the answer of the call to its first sample. */
  startedMs: number;
  /** Null while it is written. */
  durationMs: number | null;
  /** Null while it is written. */
  bytes: number | null;
  state: RecordingState;
  storage: RecordingStorage;
  createdAt: Date;
};

export type BegunRecording = Pick<Recording, 'id' | 'callId' | 'tenantId' | 'startedMs' | 'storage'>;
export type WholeRecording = BegunRecording & { durationMs: number; bytes: number; state: 'uploading' | 'kept' };

export type RecordingStore = {
  /** Idempotent. */
  begin(recording: BegunRecording): Promise<void>;
  /**
   * Writes what is known of a whole file, also where its beginning was never written. False: its call was erased or deleted, or
   * its time is over, and the file is to go. Idempotent.
   */
  settle(recording: WholeRecording): Promise<boolean>;
  /** In the order of the call; none that is to be deleted. */
  list(callId: string): Promise<Recording[]>;
  /** Those whose files are to go: of calls that were erased or deleted, or whose time is over. */
  listUnwanted(limit: number): Promise<KeptFile[]>;
  /** Their files are gone. */
  forget(ids: readonly string[]): Promise<void>;
};

/** The bytes of kept files; positions are those of the Ogg file, whether it is encrypted at rest or not. */
export type RecordingFiles = {
  /** Undefined: there is no such file. */
  size(recording: KeptFile): Promise<number | undefined>;
  /** `end` is the position after the last byte. */
  read(recording: KeptFile, range: { start: number; end: number }): Promise<ReadableStream<Uint8Array>>;
  /** An address under which anybody may fetch it for some minutes, where its storage has such addresses. */
  link(recording: KeptFile): Promise<string | undefined>;
  /** Idempotent. */
  delete(recording: KeptFile): Promise<void>;
};

/** A file that is being written. What was appended outlives the death of the process. */
export type RecordingFile = {
  append(bytes: Uint8Array): Promise<void>;
  /** It is whole. @returns its length as an Ogg file */
  finish(): Promise<number>;
  /** Leaves it as it is; whoever looks after left files finds its end. */
  abandon(): Promise<void>;
};

/** A file that a dead process left, or that waits to be uploaded. */
export type LeftFile = RecordingName & {
  size: number;
  /** Nobody finished it, so its last page may be cut off. */
  unfinished: boolean;
  read(start: number, end: number): Promise<Uint8Array>;
  /** Cuts it after so many bytes, and calls it whole. */
  finish(bytes: number): Promise<void>;
  /** Brings a whole one to where it is kept, and takes it off this disk where that is elsewhere. */
  keep(): Promise<void>;
  delete(): Promise<void>;
};

/** Where call processes write. */
export type RecordingSpool = {
  readonly storage: RecordingStorage;
  /** @throws when the disk does not take it */
  create(name: RecordingName): Promise<RecordingFile>;
  /** Files that nobody writes any more, and that are not where they are kept. */
  leftFiles(): Promise<LeftFile[]>;
};
