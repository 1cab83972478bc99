/**
 * @typedef {object} Context What every view gets.
 * @property {import('./api.js').Api} api
 * @property {import('./session.js').Session} session
 *
 * @typedef {object} View
 * @property {HTMLElement} root
 * @property {(place: Place) => void} show Also when it is shown already, at another place.
 * @property {() => void} [hide]
 *
 * @typedef {object} Place
 * @property {string} view
 * @property {string | null} rest What stands behind the name of the view.
 * @property {URLSearchParams} query
 *
 * @typedef {object} Entry
 * @property {string} name In the address.
 * @property {string} title
 * @property {string} scope Without it the view is not offered.
 * @property {() => Promise<{ createView: (context: Context) => View }>} load Fetched when it is first looked at.
 */

/** @type {readonly Entry[]} The views in the order of the navigation. */
export const views = [
  { name: 'overview', title: 'Overview', scope: 'calls:read', load: () => import('../overview/overview.js') },
  { name: 'calls', title: 'Calls', scope: 'calls:read', load: () => import('../calls/calls.js') },
  { name: 'place', title: 'Place a call', scope: 'calls:write', load: () => import('../place/place.js') },
  { name: 'campaigns', title: 'Campaigns', scope: 'calls:read', load: () => import('../campaigns/campaigns.js') },
  { name: 'talk', title: 'Talk', scope: 'web-calls:write', load: () => import('../talk/talk.js') },
  { name: 'agents', title: 'Agents', scope: 'calls:read', load: () => import('../agents/agents.js') },
  { name: 'numbers', title: 'Numbers', scope: 'leads:read', load: () => import('../numbers/numbers.js') },
  { name: 'leads', title: 'Leads', scope: 'leads:read', load: () => import('../leads/leads.js') },
  { name: 'webhooks', title: 'Webhooks', scope: 'admin', load: () => import('../webhooks/webhooks.js') },
  { name: 'settings', title: 'Keys & settings', scope: 'calls:read', load: () => import('../settings/settings.js') },
];

/**
 * @param {string} hash Such as `#/calls/call_1` or `#/calls?outcome=failed`.
 * @returns {Place | null} Null for fragments that are no view.
 */
export function placeOf(hash) {
  const match = /^#\/?([a-z]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(hash === '' ? '#/' : hash);
  if (!match || (!hash.startsWith('#/') && hash !== '')) return null;
  const view = match[1] || 'overview';
  return { view, rest: match[2] ? decoded(match[2]) : null, query: new URLSearchParams(match[3] ?? '') };
}

/** @param {string} text A part of an address, which somebody may have typed. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
