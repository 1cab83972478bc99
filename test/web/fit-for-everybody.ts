import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Both themes, at the width of a desk and of a phone. */
const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'dark', width: 360 },
  { colorScheme: 'light', width: 360 },
] as const;
const height = 740;
let shot = 0;

/** What axe-core finds wrong with the page as it stands, in every look, and whether it scrolls sideways. */
export async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    if (process.env['SHOTS'])
      await page.screenshot({
        fullPage: true,
        path: `${process.env['SHOTS']}/${String(shot++).padStart(3, '0')}-${colorScheme}-${width}.png`,
      });
    found.push(...(await faultsAsItLooks(page)).map((fault) => `${colorScheme} ${width}: ${fault}`));
  }
  const [first] = looks;
  await page.emulateMedia({ colorScheme: first.colorScheme });
  await page.setViewportSize({ width: first.width, height });
  return found;
}

/** Every rule that axe-core has on, best practices too, and WCAG 2.2's size of targets, which it has off. */
async function faultsAsItLooks(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(axe.source);
  return page.evaluate<string[]>(`(async () => {
    const { violations } = await axe.run({
      resultTypes: ['violations'],
      preload: false,
      rules: { 'target-size': { enabled: true } },
    });
    const sideways = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
    return [
      ...violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => id + ' ' + target.join(' ') + ' ' + html.slice(0, 120))),
      ...sideways,
    ];
  })()`);
}
