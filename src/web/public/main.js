import { createApi } from './api.js';
import { createCallDetail } from './call-detail.js';
import { createCallList } from './call-list.js';
import { byId } from './element.js';
import { createKeyring, takeKeyFromAddress } from './key.js';
import { createTalkView } from './talk.js';

takeKeyFromAddress();
const keyring = createKeyring();
const api = createApi(keyring);
const talk = createTalkView(api);
const list = createCallList(api);
const detail = createCallDetail(api);

/** Shows the view that the address names: `#/`, `#/calls` or `#/calls/<id>`. Other fragments are places on the page. */
function showView() {
  const match = /^#\/calls(?:\/(.+))?$/.exec(location.hash);
  if (!match && !/^(#\/)?$/.test(location.hash)) return;
  const inCalls = match !== null;
  const callId = match?.[1] ? decodeURIComponent(match[1]) : null;
  byId('talk-view').hidden = inCalls;
  byId('calls-view').hidden = !inCalls;
  byId('calls-view').classList.toggle('reading', callId !== null);
  markCurrent(byId('nav-talk'), !inCalls);
  markCurrent(byId('nav-calls'), inCalls);
  document.title = inCalls ? 'Calls · Parley' : 'Parley';
  list.show(inCalls, callId);
  detail.show(callId);
}

/**
 * @param {HTMLElement} link
 * @param {boolean} current
 */
function markCurrent(link, current) {
  if (current) link.setAttribute('aria-current', 'page');
  else link.removeAttribute('aria-current');
}

window.addEventListener('hashchange', () => {
  if (takeKeyFromAddress()) void talk.load();
  showView();
});
byId('change-key').addEventListener('click', async () => {
  if ((await keyring.ask()) === null) return;
  await talk.load();
  showView();
});
showView();
await talk.load();
// The media library is large; it is fetched while the person is still choosing.
void import('./call.js');
