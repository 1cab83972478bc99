import { addTenant, tenantIdPattern } from '../../calls/keys/add-tenant.ts';
import { CallError } from '../../calls/errors.ts';
import { withTenants } from '../../compose/compose-tenants.ts';
import type { Command } from '../command.ts';

export const tenant: Command = {
  help: `parley tenant add ID [--name NAME]
parley tenant list

Manages the tenants of the database of DATABASE_URL: whoever calls are placed for. \`add\` prints the tenant's first API key, which is
told this once. An id has lower-case letters, digits, - and _.

  --name    what people call the tenant; the default is its id

Exit codes: 0 done, 1 the database cannot be used or there is such a tenant, 2 the command was not understood.`,
  options: { name: { type: 'string' } },
  async run({ positionals: [verb, id], values, config, out }) {
    const isAdd = verb === 'add' && id !== undefined && tenantIdPattern.test(id);
    if (!isAdd && verb !== 'list') {
      out.write(`${tenant.help}\n`);
      return 2;
    }
    const url = config.DATABASE_URL;
    if (!url) throw new Error('DATABASE_URL is not set. Set it to the PostgreSQL of your Parley.');
    try {
      await withTenants(url, async (stores) => {
        if (isAdd) {
          const name = typeof values['name'] === 'string' ? values['name'] : id;
          const { key } = await addTenant({ id, name }, stores);
          out.write(`${id} was added. Its first key, told this once:\n\n  ${key}\n`);
          return;
        }
        for (const { id: each, name, createdAt } of await stores.tenants.listTenants())
          out.write(`${each}  ${name}  ${createdAt.toISOString()}\n`);
      });
      return 0;
    } catch (error) {
      if (error instanceof CallError) throw new Error(error.message, { cause: error });
      throw error;
    }
  },
};
