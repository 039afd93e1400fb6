/** Splits a batch so that no subject is twice in a wave and each subject's order is kept: a wave is applied by set. */
export function inWaves<Item>(
  items: readonly Item[],
  subjectOf: (item: Item) => string,
): readonly (readonly Item[])[] {
  const waves: Item[][] = [];
  const nextWave = new Map<string, number>();
  for (const item of items) {
    const subject = subjectOf(item);
    const wave = nextWave.get(subject) ?? 0;
    nextWave.set(subject, wave + 1);
    waves[wave] ??= [];
    waves[wave].push(item);
  }
  return waves;
}
