import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { idempotencyKey } from './dispatch-request';
import { parleyRequest } from './parley-request';

/** A request that counts once for its item, however often n8n runs the item; the node's options may name another key. */
export async function postOnce(
  node: IExecuteFunctions,
  index: number,
  { path, body }: { path: string; body: IDataObject },
): Promise<IDataObject> {
  const options = node.getNodeParameter('options', index, {}) as IDataObject;
  const made = idempotencyKey({
    workflowId: node.getWorkflow().id ?? '',
    executionId: node.getExecutionId(),
    nodeId: node.getNode().id,
    runIndex: node.getWorkflowDataProxy(index).$runIndex as number,
    itemIndex: index,
  });
  const headers = { 'Idempotency-Key': String(options['idempotencyKey'] || made) };
  return parleyRequest(node, 'POST', path, { body, headers }, index);
}
