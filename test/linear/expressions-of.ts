import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseSync, Visitor } from 'oxc-parser';

const run = promisify(execFile);

/** A regular expression of the program, and where it stands. */
export type Expression = { source: string; flags: string; at: string };

/** Files of the program, and what is in them. */
export type Found = {
  expressions: Expression[];
  /** Files that build an expression from values when they run, so that it cannot be looked at before. */
  builders: string[];
};

/** Every literal, and every expression that a module builds while it is loaded. */
export async function expressionsOf(patterns: readonly string[]): Promise<Found> {
  const expressions: Expression[] = [];
  const builders = new Set<string>();
  const building = new Set<string>();
  for (const file of globSync([...patterns])) {
    const code = readFileSync(file, 'utf8');
    let depth = 0;
    const enter = () => void (depth += 1);
    const leave = () => void (depth -= 1);
    const built = (callee: { type: string; name?: string }) => {
      if (callee.type === 'Identifier' && callee.name === 'RegExp') (depth > 0 ? builders : building).add(file);
    };
    const visitor = new Visitor({
      FunctionDeclaration: enter,
      'FunctionDeclaration:exit': leave,
      FunctionExpression: enter,
      'FunctionExpression:exit': leave,
      ArrowFunctionExpression: enter,
      'ArrowFunctionExpression:exit': leave,
      NewExpression: ({ callee }) => built(callee as { type: string; name?: string }),
      CallExpression: ({ callee }) => built(callee as { type: string; name?: string }),
      Literal(node) {
        if (!('regex' in node)) return;
        const line = code.slice(0, node.start).split('\n').length;
        expressions.push({ source: node.regex.pattern, flags: node.regex.flags, at: `${file}:${line}` });
      },
    });
    visitor.visit(parseSync(file, code).program);
  }
  return { expressions: [...expressions, ...(await builtWhileLoading([...building]))], builders: [...builders].sort() };
}

/** Loads the modules in a process of their own, in which each `new RegExp` of theirs is noted. */
async function builtWhileLoading(files: readonly string[]): Promise<Expression[]> {
  const folder = `${resolve('.')}/`;
  const script = `
    const noted = [];
    const Original = RegExp;
    globalThis.RegExp = new Proxy(Original, {
      construct(target, [source, flags]) {
        const frame = new Error().stack.split('\\n').find((line, at) => at > 1 && line.includes(${JSON.stringify(folder)}));
        if (frame && !frame.includes('node_modules') && !frame.includes('[eval'))
          noted.push({ source: String(source), flags: flags ?? '', at: frame.split(${JSON.stringify(folder)})[1].replace(/:\\d+\\)?$/, '') });
        return new target(source, flags);
      },
    });
    for (const file of ${JSON.stringify(files.map((file) => resolve(file)))}) await import(file);
    console.log(JSON.stringify(noted));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as Expression[];
}
