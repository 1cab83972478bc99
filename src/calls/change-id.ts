import { randomUUID } from 'node:crypto';

/** Names a write for good, so that it is carried out once however often it is tried. */
export type ChangeId = {
  /** UUID, made with what is to be written. */
  id: string;
  /** Whether it was tried before, and nobody knows what became of that. */
  repeated?: boolean;
};

export function newChange(): ChangeId {
  return { id: randomUUID() };
}

/** The database can never take this write: trying it again is of no use. */
export class UnwritableError extends Error {
  override readonly name = 'UnwritableError';
}
