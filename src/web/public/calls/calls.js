import { byId } from '../parts/element.js';
import { createCallDetail } from './call-detail.js';
import { createCallList } from './call-list.js';

/**
 * The list of calls, and one call to be read: `#/calls`, `#/calls/<id>`, and `#/calls?outcome=failed` with what the API filters by.
 *
 * @param {import('../shell/views.js').Context} context
 * @returns {import('../shell/views.js').View}
 */
export function createView(context) {
  const root = byId('calls-view');
  const list = createCallList(context);
  const detail = createCallDetail(context);
  return {
    root,
    show({ rest, query }) {
      root.classList.toggle('reading', rest !== null);
      if (query.size > 0) list.filter(query);
      list.show(true, rest);
      detail.show(rest);
    },
    hide() {
      list.show(false, null);
      detail.pause();
    },
  };
}
