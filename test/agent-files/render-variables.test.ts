import { describe, expect, it } from 'vitest';
import { MissingVariables, renderVariables, variablesIn } from '../../src/agent-files/render-variables.ts';

describe('variables', () => {
  it('are put in wherever they stand, with or without spaces', () => {
    expect(renderVariables('Hi {{name}}, {{ name }}! {{a}}{{b}}', { name: 'Sara', a: '1', b: '' })).toBe(
      'Hi Sara, Sara! 1',
    );
  });

  it('are put in as they are: nothing in a value is replaced or run', () => {
    expect(renderVariables('{{a}}', { a: '{{b}} $& ${process.exit(1)}', b: 'x' })).toBe('{{b}} $& ${process.exit(1)}');
  });

  it('that have no value are named, all of them', () => {
    expect(() => renderVariables('{{a}} {{b}} {{c}} {{a}}', { b: 'x' })).toThrow(MissingVariables);
    expect(() => renderVariables('{{a}} {{b}} {{c}}', { b: 'x' })).toThrow('{{a}}, {{c}} have no value');
  });

  it('are not looked up in what every object has', () => {
    expect(() => renderVariables('{{constructor}}', {})).toThrow('{{constructor}} has no value');
  });

  it('of a text are listed once', () => {
    expect(variablesIn('{{b}} {{ a }} {{b}} {a} {{}}')).toEqual(['b', 'a', '']);
  });
});
