export type Sample = { name: string; labels: Record<string, string>; value: number };

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/** Reads the text format of Prometheus. @throws Error for a line that is not of it */
export function readSamples(text: string) {
  const samples: Sample[] = [];
  for (const row of text.split('\n')) {
    if (row === '' || row.startsWith('#')) continue;
    const [, name, labels = '', value] = line.exec(row) ?? [];
    if (!name || value === undefined || Number.isNaN(Number(value.replace('Inf', 'Infinity'))))
      throw new Error(`This is no sample: ${row}`);
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"(?:,|$)/g)];
    samples.push({
      name,
      labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])) as Record<string, string>,
      value: Number(value.replace('Inf', 'Infinity')),
    });
  }
  const matching = (name: string, labels: Record<string, string> = {}) =>
    samples.filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
    );
  return {
    samples,
    /** The sum of the samples of this name with at least these labels; undefined when there is none. */
    value: (name: string, labels: Record<string, string> = {}): number | undefined => {
      const found = matching(name, labels);
      return found.length > 0 ? found.reduce((sum, { value }) => sum + value, 0) : undefined;
    },
  };
}
