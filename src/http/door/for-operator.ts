import type { ApiKey } from '../../calls/ports.ts';
import { HttpError } from '../problem.ts';

/** @throws HttpError `scope_missing` for a key of any tenant but the operator's */
export function forOperator({ tenantId }: Pick<ApiKey, 'tenantId'>, operatorTenantId: string): void {
  if (tenantId === operatorTenantId) return;
  throw new HttpError('scope_missing', "This needs an admin key of the operator's tenant.", {
    details: { scope: 'admin' },
  });
}
