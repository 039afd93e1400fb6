/** Splits a batch so that no code is twice in a wave and each code's order is kept, where an item may name two of them. */
export function inWavesOfCodes<Item>(
  items: readonly Item[],
  codesOf: (item: Item) => readonly string[],
): readonly (readonly Item[])[] {
  const waves: Item[][] = [];
  const nextWave = new Map<string, number>();
  for (const item of items) {
    const codes = codesOf(item);
    const wave = Math.max(...codes.map((code) => nextWave.get(code) ?? 0));
    for (const code of codes) nextWave.set(code, wave + 1);
    waves[wave] ??= [];
    waves[wave].push(item);
  }
  return waves;
}
