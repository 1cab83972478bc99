/** A program that answers calls, started as its user would start it. */
export type System = {
  /** Root of the process tree that runs the calls. */
  pid: number;
  /** Opens a room with an agent on its way; the caller joins with what is returned. */
  openRoom(): Promise<{ url: string; token: string }>;
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
};

export type StartSystem = (options: SystemOptions) => Promise<System>;
