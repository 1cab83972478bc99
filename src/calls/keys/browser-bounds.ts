/** What a key that anybody can read is bound to. */
export type BrowserBounds = {
  /** `https://shop.example.com`: scheme, host and port. */
  origins: string[];
  agent: string;
  callsPerMinute: number;
  /** At once. */
  maxCalls: number;
};
