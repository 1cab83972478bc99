import { z } from 'zod';

const spoken = z.string().min(1).max(500);

/** Whether calls are recorded, and what is said of it. `docs/recording.md` explains them. */
export const recordingFields = {
  recording: z
    .strictObject({
      consent: z
        .enum(['none', 'announce', 'ask'])
        .describe('Record without a word, after an announcement, or after a yes.'),
      text: spoken.optional().describe('Said in place of the standard announcement or question.'),
      yes: z.array(z.string().min(1)).optional().describe('What counts as a yes, in languages without standard words.'),
      no: z.array(z.string().min(1)).optional().describe('What counts as a no, likewise.'),
    })
    .optional()
    .describe('Whether calls are recorded; without it none is.'),
  disclosure: z
    .union([z.boolean(), spoken])
    .default(false)
    .describe('Says first that an AI speaks: `true` for the standard sentence, or the sentence.'),
};
