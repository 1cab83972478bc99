import { byId, element } from './parts/element.js';
import { messageOf } from './parts/notice.js';
import { createApi } from './shell/api.js';
import { createSession, takeKeyFromAddress } from './shell/session.js';
import { placeOf, views } from './shell/views.js';

const session = createSession(takeKeyFromAddress());
const context = { api: createApi(session), session };
/** @type {Map<string, Promise<import('./shell/views.js').View>>} */
const made = new Map();
/** @type {import('./shell/views.js').View | null} */
let shown = null;

for (const { name, title, scope } of views)
  byId('nav').append(element('a', { href: `#/${name}`, 'data-view': name, 'data-scope': scope }, title));

/** @param {import('./shell/views.js').Entry} entry */
function viewOf({ name, load }) {
  const known = made.get(name) ?? load().then(({ createView }) => createView(context));
  made.set(name, known);
  // What could not be fetched is fetched again.
  known.catch(() => made.delete(name));
  return known;
}

/** Shows the view that the address names. Other fragments are places on the page. */
async function showView() {
  const place = placeOf(location.hash);
  if (place === null) return;
  const entry = views.find(({ name }) => name === place.view) ?? views[0];
  if (!entry) return;
  document.title = `${entry.title} · Parley`;
  for (const link of byId('nav').querySelectorAll('a'))
    if (link.dataset['view'] === entry.name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  await session.ready;
  if (!session.may(entry.scope)) return put({ root: refusal(entry), show: () => undefined }, place);
  try {
    const view = await viewOf(entry);
    // Somebody went on meanwhile.
    if (placeOf(location.hash)?.view !== place.view) return;
    put(view, place);
  } catch (error) {
    put({ root: element('p.notice.bad', { role: 'alert' }, messageOf(error)), show: () => undefined }, place);
  }
}

/**
 * @param {import('./shell/views.js').View} view
 * @param {import('./shell/views.js').Place} place
 */
function put(view, place) {
  if (shown !== view) {
    shown?.hide?.();
    for (const each of byId('main').children) /** @type {HTMLElement} */ (each).hidden = each !== view.root;
    if (!view.root.isConnected) byId('main').append(view.root);
    view.root.hidden = false;
    shown = view;
    window.scrollTo({ top: 0 });
  }
  view.show(place);
}

/** @param {import('./shell/views.js').Entry} entry */
function refusal({ title, scope }) {
  return element(
    'section.card',
    {},
    element('h1', {}, title),
    element('p.notice.warn', {}, `This needs a key with the scope ${scope}. Sign out and sign in with another one.`),
  );
}

function showSession() {
  const current = session.current();
  byId('sign-in').hidden = current !== null;
  byId('sign-out').hidden = current === null;
  byId('who').textContent = current === null ? '' : current.key_name;
  byId('who').title = current === null ? '' : `Tenant ${current.tenant_id}; may ${current.scopes.join(', ')}`;
  for (const link of byId('nav').querySelectorAll('a')) link.hidden = !session.may(link.dataset['scope'] ?? '');
}

/** Nothing that was shown to one person stays for the next. */
function startAnew() {
  shown?.hide?.();
  location.reload();
}

session.onChange(showSession);
byId('sign-in').addEventListener('click', async () => {
  if (await session.ask()) await showView();
});
byId('sign-out').addEventListener('click', async () => {
  await session.signOut();
  startAnew();
});
window.addEventListener('hashchange', async () => {
  const key = takeKeyFromAddress();
  if (key !== null) {
    await session.take(key);
    startAnew();
  } else await showView();
});
showSession();
await showView();
