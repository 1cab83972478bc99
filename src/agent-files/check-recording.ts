import { z } from 'zod';
import type { FieldPath } from './front-matter.ts';
import { recordingFields } from './recording-fields.ts';
import { standardLanguages, standardSentences } from './standard-sentences.ts';

const fieldsSchema = z.object({ ...recordingFields, language: z.string().default('en-US') });

/** What Parley cannot say or understand in the language of the agent has to be in its file. */
export function checkRecording(fields: Record<string, unknown>): { path: FieldPath; message: string }[] {
  const { recording, disclosure, language } = fieldsSchema.safeParse(fields).data ?? {};
  if (language === undefined || standardSentences(language)) return [];
  const known = `there are standard sentences for ${standardLanguages.join(', ')}`;
  const found: { path: FieldPath; message: string }[] = [];
  if (disclosure === true)
    found.push({ path: ['disclosure'], message: `must be the sentence itself in ${language}; ${known}` });
  if (!recording || recording.consent === 'none') return found;
  if (!recording.text)
    found.push({ path: ['recording'], message: `needs \`text\`, what is said in ${language}; ${known}` });
  if (recording.consent === 'ask' && !(recording.yes?.length && recording.no?.length))
    found.push({
      path: ['recording'],
      message: `needs \`yes\` and \`no\`, the words for them in ${language}; ${known}`,
    });
  return found;
}
