import { element } from './element.js';

/**
 * @param {unknown} error
 * @returns {string} Fit to be shown.
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * A place for what came of something that was done: polite when it went well, an alert when it did not.
 *
 * @returns {{ root: HTMLElement, say: (text: string) => void, fail: (error: unknown) => void, clear: () => void }}
 */
export function createNotice() {
  const root = element('div.notices', { 'aria-live': 'polite' });
  return {
    root,
    say: (text) => root.replaceChildren(element('p.notice', {}, text)),
    fail: (error) => root.replaceChildren(element('p.notice.bad', { role: 'alert' }, messageOf(error))),
    clear: () => root.replaceChildren(),
  };
}
