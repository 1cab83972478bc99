import type { Page } from 'playwright-core';
import { findChromium, openTab, plainHost, type Tab } from './chromium.ts';
import { key, startConsole } from './console-double.ts';

/** Where Chromium is; without it the tests of the page are skipped, and the run says so. */
export const chromiumPath = findChromium();
if (chromiumPath === undefined)
  console.warn('The tests of the console page are SKIPPED: install Chromium or Google Chrome and run them again.');

export type Console = Tab & {
  server: Awaited<ReturnType<typeof startConsole>>;
  /** Goes to a place of the page, such as `#/calls`. */
  go: (fragment: string) => Promise<void>;
};

/** The page in a browser, with the key brought along by the link, against a server of its own. */
export async function openConsole(
  options: Parameters<typeof startConsole>[0] &
    Omit<Parameters<typeof openTab>[0], 'executable'> & { fragment?: string; secure?: boolean },
): Promise<Console> {
  if (chromiumPath === undefined) throw new Error('Chromium is not installed.');
  const server = await startConsole(options);
  const tab = await openTab({ ...options, executable: chromiumPath });
  const url = options.secure === false ? server.url.replace('127.0.0.1', plainHost) : server.url;
  await tab.page.goto(`${url}/${options.fragment ?? `#key=${key}`}`);
  return {
    ...tab,
    server,
    go: async (fragment) => void (await tab.page.goto(`${url}/${fragment}`)),
    async close() {
      await tab.close();
      await server.close();
    },
  };
}

/** Picks the agent and starts a call, as a person does. */
export async function startCall(page: Page, agent = 'receptionist'): Promise<void> {
  await page.getByLabel('Agent', { exact: true }).selectOption(agent);
  await page.getByRole('button', { name: 'Start call' }).click();
}

/** The loudest moment of what the page plays within the time, as RMS of full scale. */
export function loudestRms(page: Page, ms: number): Promise<number> {
  return page.evaluate(`(async () => {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(document.querySelector('audio').srcObject).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let loudest = 0;
    const end = performance.now() + ${ms};
    while (performance.now() < end) {
      analyser.getFloatTimeDomainData(samples);
      loudest = Math.max(loudest, Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await context.close();
    return loudest;
  })()`);
}
