import versions from '#root/versions.json' with { type: 'json' };

type Version = { image?: string; tested: string | null; testedBy: string; differences?: string[] };

/** The table and the list of `docs/versions.md`. */
export function versionsTable(): string {
  const all = Object.entries<Version>(versions);
  const rows = all.map(([name, { image, tested, testedBy }]) => {
    const deployed = image ? `\`${image}\`` : '–';
    return `| ${name} | ${deployed} | ${tested ?? '–'} | ${testedBy} |`;
  });
  const differences = all.flatMap(([name, { differences = [] }]) =>
    differences.map((difference) => `- **${name}**: ${difference}`),
  );
  return [
    '| program | deployed image | tested version | tested by |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '## What differs',
    '',
    ...differences,
  ].join('\n');
}
