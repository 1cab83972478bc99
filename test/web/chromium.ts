import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { microphoneWav } from './voice.ts';

/** The system's Chromium, or undefined: then the tests of the page are skipped, and say so. */
export function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A name for this machine that browsers do not take for it: plain http there is no secure context. */
export const plainHost = 'console.test';

/** A page, what it complained about, and the way to close it. */
export type Tab = { page: Page; complaints: string[]; close: () => Promise<void> };

/** A browser with a profile of its own, whose microphone hears silence, then speech, round and round. */
export async function openTab(options: {
  executable: string;
  microphone?: 'granted' | 'refused';
  /** What the microphone hears instead, a WAV played round and round. */
  wav?: Buffer;
  speechMs?: number;
  silenceMs?: number;
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
}): Promise<Tab> {
  const { speechMs = 1_500, silenceMs = 6_500, width = 1280, height = 860, colorScheme = 'light' } = options;
  const profile = await mkdtemp(join(tmpdir(), 'parley-chromium-'));
  const wav = join(profile, 'microphone.wav');
  await writeFile(wav, options.wav ?? microphoneWav({ speechMs, silenceMs }));
  const granted = options.microphone !== 'refused';
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: options.executable,
    headless: true,
    viewport: { width, height },
    colorScheme,
    locale: 'en-GB',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      `--host-resolver-rules=MAP ${plainHost} 127.0.0.1`,
      ...(granted
        ? ['--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${wav}`]
        : ['--deny-permission-prompts']),
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints, close: () => close(context, profile) };
}

async function close(context: BrowserContext, profile: string): Promise<void> {
  await context.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
