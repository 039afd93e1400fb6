/** Step 1: the codes of all prefectures, municipalities and wards, verified by arithmetic of our own. */
import { z } from 'zod';
import type { LifeStep } from '../life-step.ts';

const place = z.object({ code: z.string(), name: z.string() });
const reference = z.object({ prefectures: z.array(place), municipalities: z.array(place) });
const withWards = place.extend({ wards: z.array(place) });

const HAMAMATSU = '221309';

/** The last digit of 11 − (6a+5b+4c+3d+2e mod 11), written here once more so that the loader is not its own witness. */
function hasRightCheckDigit(code: string): boolean {
  const weights = [6, 5, 4, 3, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(code[index]), 0);
  return String((11 - (sum % 11)) % 10) === code[5];
}

export const referenceData: LifeStep = {
  number: 1,
  title: { ja: '自治体の一覧', en: 'Reference data' },
  explains: {
    ja: '全国の都道府県・市区町村・行政区のコードを読み込み、検査数字を一つずつ確かめます。',
    en: 'The codes of all prefectures, municipalities and wards are loaded, and each check digit is verified.',
  },
  async play({ client }, checks) {
    const { prefectures, municipalities } = await client.get('/municipalities', reference);
    checks.that(prefectures.length === 47, '都道府県は47', '47 prefectures');
    checks.that(
      municipalities.length >= 1741 && municipalities.every(({ code }) => hasRightCheckDigit(code)),
      `${municipalities.length}市区町村の検査数字がすべて正しい`,
      `the check digits of all ${municipalities.length} municipalities are right`,
    );
    const before = await client.get(`/municipalities/${HAMAMATSU}?on=2023-12-31`, withWards);
    const after = await client.get(`/municipalities/${HAMAMATSU}?on=2024-01-01`, withWards);
    checks.that(
      before.wards.length === 7 &&
        after.wards.length === 3 &&
        after.wards.every(({ code }) => hasRightCheckDigit(code)),
      '浜松市の区は2024年1月1日に7区から3区になった',
      'Hamamatsu’s seven wards became three on 2024-01-01',
    );
    return {
      ja: `${prefectures.length}都道府県、${municipalities.length}市区町村を確かめました。`,
      en: `${prefectures.length} prefectures and ${municipalities.length} municipalities were verified.`,
    };
  },
};
