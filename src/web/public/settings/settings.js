import { element } from '../parts/element.js';
import { createKeys } from './keys.js';
import { createLimits } from './limits.js';
import { createRetention } from './retention.js';
import { createTenants } from './tenants.js';
import { createHealth } from './health.js';
import { createSignedIn } from './signed-in.js';

/**
 * Keys, limits, retention, tenants and health, as far as the key that signed in may see them.
 *
 * @param {import('../shell/views.js').Context} context
 * @returns {import('../shell/views.js').View}
 */
export function createView(context) {
  const { api, session } = context;
  const isAdmin = session.may('admin');
  const parts = [
    createHealth(api, { canExamine: isAdmin && session.current()?.operator === true }),
    createLimits(api),
    createSignedIn(context),
    ...(isAdmin ? [createKeys(api), createRetention(api)] : []),
    ...(isAdmin && session.current()?.operator ? [createTenants(api)] : []),
  ];
  return {
    root: element('div.stack', {}, element('h1', {}, 'Keys & settings'), ...parts.map(({ root }) => root)),
    show() {
      for (const part of parts) part.load();
    },
  };
}
