/** A text that an agent's file had. */
export type AgentVersion = {
  id: number;
  agent: string;
  /** Of the text, in double quotes, as HTTP has it. */
  etag: string;
  text: string;
  at: Date;
  /** Name of the key that wrote it; null where it was found on disk. */
  savedBy: string | null;
};

/** The newest hundred texts of each agent. `src/store` implements it. */
export type AgentVersionStore = {
  /** Keeps the text, unless it is the newest of the agent already. */
  keep(version: Omit<AgentVersion, 'id' | 'at'>): Promise<void>;
  /** Newest first. */
  list(agent: string): Promise<Omit<AgentVersion, 'text'>[]>;
  find(agent: string, id: number): Promise<AgentVersion | null>;
};
