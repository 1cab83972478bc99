import type { WantedPipeline } from '../../pipelines/index.ts';

/** Part of what `GET /api/calls/{id}` answers; each stage of the answers in milliseconds. */
export type CallReport = {
  /** `ended` once all of it is written. */
  status: string;
  turns: { role: string; text: string }[];
  latency: Partial<
    Record<`${'end_of_turn' | 'stt' | 'llm_first_token' | 'tts_first_audio' | 'total'}_ms`, { p50: number }>
  >;
};

/** A program that answers calls, started as its user would start it. */
export type System = {
  /** Root of the process tree that runs the calls. */
  pid: number;
  /** Opens a room with an agent on its way; the caller joins with what is returned. */
  openRoom(): Promise<{ url: string; token: string; callId?: string }>;
  /** What the system itself says of a call that is over, where it keeps that. */
  reportOf?(callId: string): Promise<CallReport>;
  stop(): Promise<void>;
};

export type SystemOptions = {
  livekit: { url: string; apiKey: string; apiSecret: string };
  databaseUrl: string;
  /** Settings of the providers, as environment variables. */
  providers: Record<string, string>;
  /** Folder for logs and other files of this run. */
  workDir: string;
  /** Calls at once it must be able to take. */
  calls: number;
  /** Of the calls; the agent's own where absent. */
  pipeline?: WantedPipeline;
};

export type StartSystem = (options: SystemOptions) => Promise<System>;
