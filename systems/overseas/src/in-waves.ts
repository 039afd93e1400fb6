/** Splits a batch so that no person is twice in a wave and each person's order is kept: a wave is applied by set. */
export function inWaves<Item>(
  items: readonly Item[],
  personOf: (item: Item) => string,
): readonly (readonly Item[])[] {
  const waves: Item[][] = [];
  const nextWave = new Map<string, number>();
  for (const item of items) {
    const person = personOf(item);
    const wave = nextWave.get(person) ?? 0;
    nextWave.set(person, wave + 1);
    waves[wave] ??= [];
    waves[wave].push(item);
  }
  return waves;
}
