import { z } from 'zod';
import { askApi } from '../../caller/ask-api.ts';
import type { Command } from '../command.ts';
import { apiHelp, apiOf, apiOptions } from '../running-api.ts';

const keySchema = z.object({
  key_id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
  expires_at: z.string().nullable(),
});

export const keys: Command = {
  help: `parley keys list
parley keys add NAME [--scope calls:write] [--expires 2027-01-01T00:00:00Z]
parley keys revoke KEY_ID

Manages the API keys of a running Parley. \`add\` prints the key, which is shown this once. The key that asks needs the scope admin.

  --scope SCOPE     what the key may do; repeat it for more (default: calls and leads, reading and writing)
  --expires TIME    refused from then on
${apiHelp}

Exit codes: 0 done, 1 the API could not be asked or refused, 2 the command was not understood.`,
  options: { scope: { type: 'string', multiple: true }, expires: { type: 'string' }, ...apiOptions },
  async run({ positionals: [verb, operand], values, config, out }) {
    if (verb === 'list') {
      const answer = await askApi(apiOf(config, values), 'GET', '/api/keys');
      for (const key of z.object({ keys: z.array(keySchema) }).parse(answer).keys) {
        const state = key.revoked_at ? 'revoked' : key.expires_at ? `expires ${key.expires_at}` : 'in use';
        const used = key.last_used_at ?? 'never used';
        out.write(`${key.key_id}  ${key.prefix}…  ${key.name}  ${key.scopes.join(' ')}  ${state}  ${used}\n`);
      }
      return 0;
    }
    if (verb === 'add' && operand !== undefined) {
      const made = await askApi(apiOf(config, values), 'POST', '/api/keys', {
        name: operand,
        ...(values['scope'] !== undefined && { scopes: values['scope'] }),
        ...(values['expires'] !== undefined && { expires_at: values['expires'] }),
      });
      const { key_id: id, key } = keySchema.extend({ key: z.string() }).parse(made);
      out.write(`${id} was made. The key, shown this once:\n\n  ${key}\n`);
      return 0;
    }
    if (verb === 'revoke' && operand !== undefined) {
      await askApi(apiOf(config, values), 'DELETE', `/api/keys/${encodeURIComponent(operand)}`);
      out.write(`${operand} is refused from now on.\n`);
      return 0;
    }
    out.write(`${keys.help}\n`);
    return 2;
  },
};
