/** The mayors' names that papers bear in the demonstration: invented, one for each municipality, always the same. */
const FAMILY_NAMES = ['礎', '石垣', '土台', '柱谷', '棟方', '梁瀬', '敷島', '築山'] as const;
const GIVEN_NAMES = ['公平', '正', '実', '明', '信', '誠', '廉', '直'] as const;

/** Family and given name with U+3000 between. */
export function mayorOf(municipality: string): string {
  const number = Number(municipality);
  const family = FAMILY_NAMES[number % FAMILY_NAMES.length] ?? '';
  const given = GIVEN_NAMES[Math.floor(number / 10) % GIVEN_NAMES.length] ?? '';
  return `${family}　${given}`;
}
