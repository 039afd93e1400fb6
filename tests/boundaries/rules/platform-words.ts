/**
 * The platform knows no business: none of its names, texts and SQL speaks of residents, numbers, cards or offices.
 * Comments may, to give an example or cite the article; tests and fixtures may, because they play a system's part.
 * 戸籍統一文字 is a list of characters, which is text's business.
 */
import type { House, SourceFile, Violation } from '../house.ts';
import { scanSource } from '../scan-source.ts';

const BUSINESS =
  /resident|individual_?number|my_?number|household|municipalit|prefectur|kiosk|juminhyo|jpki|個人番号|マイナンバー|住民|世帯|本籍|戸籍(?!統一文字)/i;

export function platformWords(house: House): readonly Violation[] {
  const files = house.packages.flatMap(({ layer, files: all }) => (layer === 'platform' ? all : []));
  return [...files.filter(({ isProduct }) => isProduct).flatMap(inSource), ...migrations(house)];
}

function inSource({ path, text }: SourceFile): readonly Violation[] {
  return scanSource(text).flatMap((token) => complaint(path, token.line, token.text));
}

function migrations(house: House): readonly Violation[] {
  return [...house.texts].flatMap(([path, text]) => {
    if (!/^platform\/[^/]+\/migrations\/.*\.sql$/.test(path)) return [];
    return text.split('\n').flatMap((line, index) => complaint(path, index + 1, line.replace(/--.*$/, '')));
  });
}

function complaint(path: string, line: number, text: string): readonly Violation[] {
  const word = BUSINESS.exec(text)?.[0];
  if (word === undefined) return [];
  return [{ rule: 'platform-words', place: `${path}:${line}`, says: `a business word: ${word}` }];
}
