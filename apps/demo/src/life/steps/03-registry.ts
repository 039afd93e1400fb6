/** Step 3: the newborn is entered at the counter, and the notice climbs from the municipality to the nation. */
import { dateInTokyo } from '@ishizue/clock';
import { z } from 'zod';
import { eventually, type LifeStep, orUndefined } from '../life-step.ts';
import { HOME_SITE, NATIONAL, PREFECTURE_SITE, TERMINAL } from '../story.ts';

const recorded = z.object({ residentCode: z.string(), residentNumber: z.string(), sequence: z.int() });
const identified = z.object({
  name: z.string(),
  birthDate: z.string(),
  address: z.string(),
  status: z.string(),
});

export const registry: LifeStep = {
  number: 3,
  title: { ja: '出生の届出', en: 'A birth' },
  explains: {
    ja: '窓口で出生を記録します。本人確認情報は市から都、都から全国サーバへ、署名された通知で届きます。',
    en: 'A birth is recorded at the counter. Identity data climb from city to prefecture to nation by signed messages.',
  },
  async play(story, checks) {
    const { client, state } = story;
    const today = dateInTokyo(story.now());
    const request = {
      requestId: story.requestId('birth'),
      terminal: TERMINAL,
      event: {
        reason: 'birth',
        parentResidentCode: story.known(state.adult.residentCode, 'the adult’s resident code'),
        eventDate: today,
        name: state.newborn.name,
        nameKana: state.newborn.nameKana,
        sex: state.newborn.sex,
        relationship: '子',
      },
    };
    const record = () => client.act(HOME_SITE, '/events', request, recorded);
    // a counter that has just opened waits for its first codes
    const birth = await eventually(() => orUndefined('resident-codes-exhausted', record), 'a resident code');
    state.newborn = { ...state.newborn, birthDate: today, ...birth };
    const again = await record();
    checks.that(
      again.residentCode === birth.residentCode && again.sequence === birth.sequence,
      '同じ届出を二度送っても記録は一つ',
      'the same request twice is recorded once',
    );
    const asked = { residentCode: birth.residentCode, terminal: TERMINAL };
    const at = (site: string) =>
      eventually(
        () => orUndefined('person-unknown', () => client.act(site, '/persons/look-up', asked, identified)),
        `the record at ${site}`,
      );
    const [prefectural, national] = [await at(PREFECTURE_SITE), await at(NATIONAL)];
    const isSame = (person: z.output<typeof identified>): boolean =>
      person.name === state.newborn.name && person.birthDate === today && person.status === 'resident';
    checks.that(isSame(prefectural), '都サーバが同じ内容を持つ', 'the prefecture holds the same');
    checks.that(
      isSame(national) && national.address === prefectural.address,
      '全国サーバが同じ内容を持つ',
      'the nation holds the same',
    );
    return {
      ja: '新生児が世帯に記載され、三つの階層が同じ内容になりました。',
      en: 'The newborn entered the household; all three tiers hold the same.',
    };
  },
};
