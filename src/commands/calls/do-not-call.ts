import { createReadStream } from 'node:fs';
import { addNumber, removeNumber } from '../../calls/do-not-call/add-number.ts';
import { exportNumbers, importNumbers } from '../../calls/do-not-call/do-not-call-csv.ts';
import type { DoNotCallList, DoNotCallStore } from '../../calls/do-not-call/do-not-call-ports.ts';
import { CallError } from '../../calls/errors.ts';
import { withDoNotCall } from '../../compose/compose-do-not-call.ts';
import type { Command } from '../command.ts';

type Context = Parameters<Command['run']>[0];

export const doNotCall: Command = {
  help: `parley do-not-call add +1… [--reason TEXT]
parley do-not-call remove +1…
parley do-not-call list
parley do-not-call import FILE.csv
parley do-not-call export > FILE.csv

Keeps the numbers that are never called, in the database of DATABASE_URL. A number counts from the moment it is added, for calls
that wait already too. A CSV has a header line: phone_number, and perhaps reason.

  --operator    the operator's list, which holds for all tenants
  --tenant      the list of this tenant; the default is the first one
  --reason      why; kept with the number

Exit codes: 0 done, 1 the database or a number is not right, 2 the command was not understood.`,
  options: {
    operator: { type: 'boolean' },
    tenant: { type: 'string' },
    reason: { type: 'string' },
  },
  async run(context) {
    const { positionals, values, config, out } = context;
    const [verb, operand] = positionals;
    const perform = verbs[verb ?? ''];
    if (!perform || (takesOperand.has(verb ?? '') && operand === undefined)) {
      out.write(`${perform ? `\`parley do-not-call ${verb}\` needs one more word.\n\n` : ''}${doNotCall.help}\n`);
      return 2;
    }
    const url = config.DATABASE_URL;
    if (!url) throw new Error('DATABASE_URL is not set. Set it to the PostgreSQL of your Parley.');
    try {
      await withDoNotCall(url, (store, defaultTenantId) => {
        const tenantId = typeof values['tenant'] === 'string' ? values['tenant'] : defaultTenantId;
        return perform({
          context,
          store,
          list: values['operator'] ? 'operator' : { tenantId },
          operand: operand ?? '',
        });
      });
      return 0;
    } catch (error) {
      if (error instanceof CallError) throw new Error(error.message, { cause: error });
      throw error;
    }
  },
};

const takesOperand = new Set(['add', 'remove', 'import']);

type Perform = (given: {
  context: Context;
  store: DoNotCallStore;
  list: DoNotCallList;
  /** The number or the file. */
  operand: string;
}) => Promise<void>;

const verbs: Record<string, Perform> = {
  async add({ context: { values, out }, store, list, operand }) {
    const reason = typeof values['reason'] === 'string' ? values['reason'] : undefined;
    const { entry, created } = await addNumber({ list, source: 'command', phoneNumber: operand, reason }, store);
    out.write(`${entry.phoneNumber} ${created ? 'is' : 'was already'} on the list: ${entry.reason}\n`);
  },

  async remove({ context: { out }, store, list, operand }) {
    await removeNumber({ list, phoneNumber: operand }, store);
    out.write(`${operand} may be called again.\n`);
  },

  async list({ context: { out }, store, list }) {
    for await (const part of exportNumbers(list, store)) out.write(part);
  },

  async import({ context: { out }, store, list, operand }) {
    const { created, known, rejected } = await importNumbers(createReadStream(operand), { list, source: 'csv' }, store);
    for (const { line, reason } of rejected) out.write(`line ${line}: ${reason}\n`);
    out.write(`${created} added, ${known} were there already, ${rejected.length} rejected.\n`);
  },

  async export(given) {
    await verbs['list']!(given);
  },
};
