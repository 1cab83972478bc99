/** What a check found. Every problem says how to fix it, in one sentence or two. */
export type Finding =
  | { status: 'ok' | 'skipped'; message: string; cure?: undefined }
  | { status: 'warning' | 'failed'; message: string; cure: string };

export const ok = (message: string): Finding => ({ status: 'ok', message });
/** It could not be asked, or does not apply; the message says why. */
export const skipped = (message: string): Finding => ({ status: 'skipped', message });
export const warning = (message: string, cure: string): Finding => ({ status: 'warning', message, cure });
export const failed = (message: string, cure: string): Finding => ({ status: 'failed', message, cure });
