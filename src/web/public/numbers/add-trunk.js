import { element } from '../parts/element.js';
import { field, form, input, select } from '../parts/form.js';
import { createNotice } from '../parts/notice.js';

/**
 * Making a trunk: numbers that reach an agent, or a carrier to call over.
 *
 * @param {import('../shell/api.js').Api} api
 * @param {() => unknown} onDone
 */
export function createAddTrunk(api, onDone) {
  const notice = createNotice();
  const direction = select('direction', [
    ['inbound', 'Calls come in over it'],
    ['outbound', 'Calls go out over it'],
  ]);
  const agent = select('agent', []);
  const inbound = element(
    'div.pair',
    {},
    field('Agent that answers', agent),
    field(
      'Addresses of the carrier',
      input('allowed_addresses', { placeholder: '203.0.113.10, 203.0.113.0/28' }),
      'Empty: any.',
    ),
  );
  const outbound = element(
    'div.pair',
    { hidden: true },
    field('Host of the carrier', input('address', { maxlength: 255, placeholder: 'name.pstn.twilio.com' })),
    field('Transport', select('transport', ['auto', 'udp', 'tcp', 'tls'])),
    field('User name', input('username', { maxlength: 200 })),
    field('Password', input('password', { type: 'password', maxlength: 200, autocomplete: 'new-password' })),
  );
  direction.addEventListener('change', () => {
    inbound.hidden = direction.value !== 'inbound';
    outbound.hidden = direction.value !== 'outbound';
  });

  /** @param {string | undefined} text */
  const listOf = (text) => text?.split(/[\s,;]+/).filter((each) => each !== '') ?? [];

  const root = form(
    {
      label: 'Add a trunk',
      async send({ text }) {
        const common = { direction: direction.value, name: text('name'), numbers: listOf(text('numbers')) };
        const addresses = listOf(text('allowed_addresses'));
        const body =
          direction.value === 'inbound'
            ? { ...common, agent: text('agent'), ...(addresses.length > 0 && { allowed_addresses: addresses }) }
            : {
                ...common,
                address: text('address'),
                transport: text('transport'),
                ...(text('username') && { username: text('username') }),
                ...(text('password') && { password: text('password') }),
              };
        try {
          const made = await api.request('POST', '/api/trunks', { body });
          root.reset();
          direction.dispatchEvent(new Event('change'));
          notice.say(`The trunk ${made.trunk_id} was made.`);
          await onDone();
        } catch (error) {
          notice.fail(error);
        }
      },
    },
    element(
      'div.pair',
      {},
      field('Direction', direction),
      field('Name', input('name', { required: true, maxlength: 100 })),
      field('Numbers', input('numbers', { required: true, placeholder: '+14155550100' }), 'Separated by commas.'),
    ),
    inbound,
    outbound,
    element('button.primary', { type: 'submit' }, 'Add the trunk'),
    notice.root,
  );

  return {
    root: element('details.part', {}, element('summary', {}, 'Add a trunk'), root),
    async load() {
      if (agent.length > 0) return;
      const { agents } = await api.choices();
      agent.replaceChildren(...agents.map(({ name }) => element('option', { value: name }, name)));
    },
  };
}
