import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { parseScenarios } from '../../src/scenarios/file/parse-scenarios.ts';
import { scenarioFileSchema } from '../../src/scenarios/file/scenario-schema.ts';
import { fieldsOf, type Schema } from './schema-fields.ts';

const document = await readFile(join(import.meta.dirname, '../../docs/testing-agents.md'), 'utf8');

test('the document has every field of a scenario with what it is, and no other', () => {
  const rows = [...document.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, field, about]) => [field, about]);
  expect(rows).toEqual([...fieldsOf(z.toJSONSchema(scenarioFileSchema, { io: 'input' }) as Schema)]);
});

test('its example is right', () => {
  const [, example = ''] = /```yaml\n(agent: [\s\S]*?)```/.exec(document) ?? [];
  expect(parseScenarios(example, 'example.yaml', ['receptionist']).problems.map(describeProblem)).toEqual([]);
});
