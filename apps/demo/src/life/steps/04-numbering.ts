/** Step 4: the newborn gets a My Number, and the same one when it is asked for again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { eventually, type LifeStep } from '../life-step.ts';
import { HOME_SITE, NATIONAL, TERMINAL } from '../story.ts';

const household = z.object({
  residents: z.array(
    z.object({ residentCode: z.string(), individualNumber: z.string().nullable(), sequence: z.int() }),
  ),
});
const identified = z.object({ individualNumber: z.string().nullable() });
const ROUND_TRIP_MS = 700;

/** The check digit by 総務省令85号 art. 5, written here once more so that the centre is not its own witness. */
function isIndividualNumber(number: string): boolean {
  if (!/^\d{12}$/.test(number)) return false;
  let sum = 0;
  for (let n = 1; n <= 11; n++) sum += Number(number[11 - n]) * (n <= 6 ? n + 1 : n - 5);
  const remainder = sum % 11;
  return Number(number[11]) === (remainder <= 1 ? 0 : 11 - remainder);
}

export const numbering: LifeStep = {
  number: 4,
  title: { ja: '個人番号', en: 'My Number' },
  explains: {
    ja: '市は住民票コードだけを送り、センターが鍵付きの置換で個人番号を作って返します。',
    en: 'The city sends the resident code and nothing else; the centre makes the number by a keyed permutation.',
  },
  async play(story, checks) {
    const { client, state } = story;
    const code = story.known(state.newborn.residentCode, 'the newborn’s resident code');
    const asked = { residentCode: code, terminal: TERMINAL };
    const inRegister = async () => {
      const { residents } = await client.act(HOME_SITE, '/residents/look-up', asked, household);
      return residents.find(({ residentCode }) => residentCode === code);
    };
    const numberOf = async (): Promise<string | undefined> =>
      (await inRegister())?.individualNumber ?? undefined;
    const number = await eventually(numberOf, 'the individual number');
    state.newborn.individualNumber = number;
    checks.that(isIndividualNumber(number), '検査数字が正しい', 'its check digit is right');
    const national = await eventually(async () => {
      const person = await client.act(NATIONAL, '/persons/look-up', asked, identified);
      return person.individualNumber ?? undefined;
    }, 'the number at the national site');
    checks.that(national === number, '全国サーバの番号と一致する', 'the national site has the same number');
    const before = await inRegister();
    await client.act(HOME_SITE, '/number-requests', asked, z.undefined());
    await sleep(ROUND_TRIP_MS);
    const after = await inRegister();
    checks.that(
      after?.individualNumber === number && after.sequence === before?.sequence,
      'もう一度求めても同じ番号で、記録は変わらない',
      'asked again, the number is the same and the record unchanged',
    );
    return {
      ja: '個人番号が付番され、市の記録と全国サーバに届きました。',
      en: 'A number was made; it reached the city’s record and the national site.',
    };
  },
};
