import { describe, expect, it } from 'vitest';
import { shortStart } from '../../../pipelines/engine/short-start.ts';

describe('the start of a reply', () => {
  it.each([
    ['Sure.'],
    ['Yes, of course.'],
    ['Thank you for calling Bright Smile Dental Clinic.'],
    ['Supercalifragilisticexpialidocious antidisestablishmentarianism pneumonoultramicroscopic.'],
  ])('stays in one piece: %s', (text) => expect(shortStart(text)).toEqual([text, '']));

  it.each([
    ['I can book you in with Doctor Patel on Thursday at half past two in the afternoon.', 'I can book you in'],
    ['Hello, how can I help you today?', 'Hello,'],
    ['Of course, Sarah, the clinic opens at nine in the morning and it closes at five.', 'Of course,'],
  ])('is split where a speaker could breathe: %s', (text, start) => {
    const [head, rest] = shortStart(text);
    expect(head.trim()).toBe(start);
    expect(head + rest).toBe(text);
  });
});
