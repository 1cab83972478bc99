import { readPrivatePlaces } from './calls/tools/tool-address.ts';
import { flag, list, setting, text } from './setting.ts';

/** Where webhooks and tools may send to, and with what secrets. */
export const outgoingSettings = {
  PARLEY_WEBHOOK_ALLOW_PRIVATE: setting(
    flag.default(false),
    'Let webhooks reach private, loopback and link-local addresses.',
    'Use 1 or 0.',
  ),
  PARLEY_TOOL_PRIVATE_HOSTS: setting(
    list
      .refine((entries) => {
        try {
          return Boolean(readPrivatePlaces(entries));
        } catch {
          return false;
        }
      })
      .default(['127.0.0.1:4010']),
    "Private places that tools of agent files may send to, besides the open internet; the default is the example's calendar.",
    'Use hosts, host:port and networks separated by commas, such as orders.internal,10.1.0.0/16,127.0.0.1:5678.',
  ),
  PARLEY_SECRETS_FILE: setting(
    text.optional(),
    'File of lines NAME=value that tools of agent files use as {{secret.NAME}}, besides the environment.',
    'Use a file that only the user of Parley can read.',
  ),
};
