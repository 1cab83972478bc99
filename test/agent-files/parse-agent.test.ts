import { describe, expect, it } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { languageProblem } from '../../pipelines/index.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';

const known = {
  tools: ['end-call', 'take-message'],
  pipelines: ['cloud', 'lan', 'embedded'],
  providers: ['scripted-llm', 'ollama-llm', 'piper-http-tts', 'piper-embedded-tts', 'deepgram-stt'],
};

/** An agent file with these lines of front matter. */
const file = (...lines: string[]) => ['---', ...lines, '---', '', 'You answer the phone.', ''].join('\n');
const parse = (...lines: string[]) => parseAgent(file(...lines), 'agents/sales.md', known);
const problems = (...lines: string[]) => (parse(...lines).problems ?? []).map(describeProblem);
const good = ['description: Sells.', 'greeting: Hello.'];

describe('an agent file', () => {
  it('is an agent, named like its file, with every default', () => {
    const { agent } = parse(...good);
    expect(agent).toMatchObject({
      name: 'sales',
      prompt: 'You answer the phone.',
      pipeline: 'auto',
      language: 'en-US',
      tools: ['end-call'],
      limits: { max_minutes: 15, silence_seconds: 15 },
      turn: { interruptible: true },
    });
    expect(agent?.version).toMatch(/^[0-9a-f]{12}$/);
  });

  it('has another version when a letter of it changes', () => {
    expect(parse(...good).agent?.version).not.toBe(parse(...good, 'language: en-GB').agent?.version);
  });

  it('keeps zero where zero is meant', () => {
    const { agent } = parse(...good, 'limits: { max_cost_usd: 0 }', 'turn: { interruption_words: 0 }');
    expect(agent?.limits.max_cost_usd).toBe(0);
    expect(agent?.turn.interruption_words).toBe(0);
  });

  it('reads Windows line ends and a byte order mark', () => {
    const text = `\uFEFF${file(...good).replaceAll('\n', '\r\n')}`;
    expect(parseAgent(text, 'agents/sales.md', known).agent?.prompt).toBe('You answer the phone.');
  });
});

describe('a mistake', () => {
  it('is a language that the providers do not know, or that is none', () => {
    const told = (...lines: string[]) =>
      (parseAgent(file(...good, ...lines), 'agents/sales.md', { ...known, languageProblem }).problems ?? []).map(
        describeProblem,
      );
    expect(told('language: fr', 'pipeline: embedded')).toEqual([
      expect.stringMatching(/^agents\/sales\.md:4 language: "fr": moonshine-stt, piper-embedded-tts do not know it/),
    ]);
    expect(told('language: fr', 'pipeline: { preset: lan, tts: piper-embedded-tts }')[0]).toContain(
      'piper-embedded-tts does not know it',
    );
    expect(told('language: fr', 'pipeline: lan')).toEqual([]);
    expect(told('language: french!')).toEqual([expect.stringContaining('language: must be a language tag')]);
  });

  it('is told with file, line, field and what is allowed, all of them at once', () => {
    expect(
      problems(
        'greetin: Hello',
        "greeting: '{{name}} hello'",
        'tools: [end-cal]',
        'limits:',
        '  max_minutes: 999',
        '  ring: 3',
        'variables:',
        '  Bad: x',
        '  n: 3',
        'turn: yes',
      ),
    ).toEqual([
      expect.stringMatching(/^agents\/sales\.md:2 description: is missing\. One line for people/),
      'agents/sales.md:2 greetin: is not a field; did you mean `greeting`?',
      'agents/sales.md:4 tools[0]: there is no tool "end-cal"; did you mean `end-call`?',
      'agents/sales.md:6 limits.max_minutes: must be at most 240, it is 999',
      expect.stringMatching(
        /^agents\/sales\.md:7 limits\.ring: is not a field; the fields here are ring_seconds, max_minutes/,
      ),
      expect.stringMatching(/^agents\/sales\.md:9 variables\.Bad: is not a name: use lower-case/),
      'agents/sales.md:10 variables.n: must be a text or empty, it is 3',
      'agents/sales.md:11 turn: must be a group of fields, it is "yes"',
    ]);
  });

  it('of YAML is told with its line and the usual cure', () => {
    expect(problems('description: a', 'greeting: {{name}} hello')[0]).toMatch(
      /sales\.md:3 .*put quotes around a text that begins/,
    );
    expect(problems('description: Sells: everything', 'greeting: Hi')[0]).toMatch(/sales\.md:2 .*put quotes .* colon/);
    expect(problems(...good, 'greeting: Twice.')[0]).toMatch(/sales\.md:4 has a field that is there already/);
  });

  it('in the shape of a pipeline is told for the shape that was meant', () => {
    expect(problems(...good, 'pipeline: { preset: cloud, foo: 1 }')).toEqual([
      'agents/sales.md:4 pipeline.foo: is not a field; the fields here are preset, vad, stt, llm, tts',
    ]);
    expect(problems(...good, 'pipeline: 3')).toEqual([
      'agents/sales.md:4 pipeline: must be a text or a group of fields, it is 3',
    ]);
  });

  it('in a name of a pipeline or provider says what there is', () => {
    expect(problems(...good, 'pipeline: clod')).toEqual([
      'agents/sales.md:4 pipeline: there is no pipeline "clod"; did you mean `cloud`?',
    ]);
    expect(problems(...good, 'pipeline:', '  llm: piper-http-tts')).toEqual([
      'agents/sales.md:5 pipeline.llm: there is no llm provider "piper-http-tts"; there are scripted-llm, ollama-llm',
    ]);
    expect(problems(...good, 'pipeline:', '  tts:', '    provider: piper-htp-tts')).toEqual([
      'agents/sales.md:6 pipeline.tts.provider: there is no tts provider "piper-htp-tts"; did you mean `piper-http-tts`?',
    ]);
  });

  it('in a variable is found in every text, the prompt included', () => {
    const text = `---\ndescription: Sells.\ngreeting: Hi {{ nme }}\nfiller: ['{{wait}}']\nvariables: { name: null }\n---\n\nHello {{name}}\nand {{who}}\n`;
    const found = parseAgent(text, 'agents/sales.md', known).problems?.map(describeProblem);
    expect(found).toEqual([
      'agents/sales.md:3 greeting: uses {{nme}}, which is not a variable; did you mean {{name}}?',
      'agents/sales.md:4 filler[0]: uses {{wait}}, which is not a variable; add `wait` to `variables`',
      'agents/sales.md:9 prompt: uses {{who}}, which is not a variable; add `who` to `variables`',
    ]);
  });

  it('between parts of a script is found', () => {
    const found = problems(
      ...good,
      'script:',
      '  facts:',
      '    - { id: a, examples: [aa, bb], answer: "It is {{price}}." }',
      '  tasks:',
      '    - id: a',
      '      examples: [cc, dd]',
      '      tool: take-message',
      '      opens: true',
      '      slots:',
      '        - { id: coming, ask: Coming?, kind: yes_no, leads_to: { nope: z, no: later } }',
      '        - { id: coming, ask: When?, kind: chioce }',
      '      done: Thanks.',
    );
    expect(found).toEqual([
      expect.stringMatching(/:14 script\.tasks\[0\]\.slots\[1\]\.kind: must be one of name, phone/),
    ]);
    const references = problems(
      ...good,
      'script:',
      '  facts:',
      '    - { id: a, examples: [aa, bb], answer: "It is {{price}}." }',
      '  tasks:',
      '    - id: a',
      '      examples: [cc, dd]',
      '      tool: take-message',
      '      opens: true',
      '      slots:',
      '        - { id: coming, ask: Coming?, kind: yes_no, leads_to: { nope: b } }',
      '        - { id: coming, ask: When?, kind: date }',
      '      confirm: "{{comming}}, {{foo}}?"',
      '      done: Thanks.',
      '    - { id: b, examples: [e, f], opens: true, done: Thanks. }',
    );
    expect(references.map((each) => each.replace('agents/sales.md:', ''))).toEqual([
      '4 script.unknown: the standard sentence offers to pass a message on, but no task has the id `message`: add one, or write an `unknown` of your own',
      '6 script.facts[0].answer: uses {{price}}, which is not a variable; add `price` to `variables`',
      '8 script.tasks[0].id: "a" is there twice; ids are unique',
      '10 script.tasks[0].tool: "take-message" is not among the `tools` of this agent (end-call); add it there',
      '13 script.tasks[0].slots[0].leads_to.nope: there is no answer "nope"; there are yes, no',
      '14 script.tasks[0].slots[1].id: "coming" is there twice in this task; ids are unique',
      '15 script.tasks[0].confirm: uses {{comming}}, which is not a variable or slot; did you mean {{coming}}?',
      '15 script.tasks[0].confirm: uses {{foo}}, which is not a variable or slot; add `foo` to `variables`',
      '17 script.tasks[1].opens: only one task can open the call; `a` does',
    ]);
  });

  it('in the file itself is told', () => {
    const told = (text: string, name = 'agents/sales.md') =>
      (parseAgent(text, name, known).problems ?? []).map(describeProblem);
    expect(told('You answer the phone.')[0]).toMatch(/has no front matter: begin the file with a line `---`/);
    expect(told('---\ndescription: a\ngreeting: b\n---\n')[0]).toMatch(/sales\.md:5 prompt: is missing/);
    expect(told(file(...good), 'agents/My Agent.md')[0]).toMatch(/"My Agent" cannot be the name of an agent/);
    expect(told('')).toHaveLength(1);
  });
});
