import { element } from '../parts/element.js';
import { createNotice } from '../parts/notice.js';
import { sureButton } from '../parts/sure-button.js';

/**
 * Who is signed in, and the way to end that in every browser.
 *
 * @param {import('../shell/views.js').Context} context
 */
export function createSignedIn({ session }) {
  const notice = createNotice();
  const who = element('p');
  const end = sureButton('Sign out everywhere', 'Really, in every browser?', async () => {
    try {
      await session.signOutEverywhere();
      location.reload();
    } catch (error) {
      notice.fail(error);
    }
  });
  return {
    root: element(
      'section.card',
      {},
      element('h2', {}, 'Your session'),
      who,
      element(
        'p.hint',
        {},
        'It ends two hours after it was last used, and twelve hours after you signed in. If a computer was lost, or somebody may have copied the cookie, end all sessions of this key; the key itself goes on.',
      ),
      element('div.control-row', {}, end),
      notice.root,
    ),
    load() {
      const current = session.current();
      who.textContent = current === null ? 'Nobody is signed in.' : `Signed in with the key ${current.key_name}.`;
    },
  };
}
