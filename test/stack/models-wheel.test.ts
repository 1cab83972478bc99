import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWheel } from '../../src/stack/models/wheel.ts';
import { freshFolder, noise, startPackageIndex } from './model-sources.ts';

const folder = freshFolder();
const random = noise(10_000);
const text = Buffer.from('the same words again and again. '.repeat(1000));
let index: Awaited<ReturnType<typeof startPackageIndex>>;
beforeAll(async () => {
  index = await startPackageIndex({
    name: 'w',
    version: '1.0',
    members: { 'w/random.bin': random, 'w/text.txt': text },
  });
});
afterAll(async () => {
  await index.close();
  folder.remove();
});

describe('a wheel', () => {
  it('gives the members asked for', async () => {
    const members = await readWheel(index.wheelPath, ['w/text.txt', 'w/random.bin']);
    expect(members.get('w/random.bin')?.equals(random)).toBe(true);
    expect(members.get('w/text.txt')?.equals(text)).toBe(true);
    expect(members.size).toBe(2);
  });

  it('says which member it lacks', async () => {
    await expect(readWheel(index.wheelPath, ['w/text.txt', 'w/other'])).rejects.toThrow(/has no w\/other/);
  });

  it('is refused when it is cut short or no zip at all', async () => {
    const path = join(folder.path, 'broken.whl');
    writeFileSync(path, 'not a zip');
    await expect(readWheel(path, ['w/text.txt'])).rejects.toThrow(/not a complete zip/);
    writeFileSync(path, random);
    truncateSync(path, 500);
    await expect(readWheel(path, ['w/text.txt'])).rejects.toThrow(/not a complete zip/);
  });
});
