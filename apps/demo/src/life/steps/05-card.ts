/** Step 5: three applications become three cards; the holders set their PINs. */
import { handOverAtCounter } from '@ishizue/card';
import { mustSucceed } from '@ishizue/outcome';
import { z } from 'zod';
import type { LifeStep } from '../life-step.ts';
import {
  HOME,
  NATIONAL,
  type Person,
  PIN_AUTHENTICATION,
  PIN_SIGNATURE,
  type Story,
  TERMINAL,
} from '../story.ts';

const application = z.object({ applicationId: z.string(), state: z.string() });
const made = z.object({ cardId: z.string(), state: z.string(), issuedOn: z.string(), expiresOn: z.string() });

export const card: LifeStep = {
  number: 5,
  title: { ja: 'カード', en: 'Card' },
  explains: {
    ja: '申請からカードを作り、窓口で渡します。鍵はカードの中で作られ、外に出ません。',
    en: 'Applications become cards, handed over at the counter. Keys are made on the card and never leave it.',
  },
  async play(story, checks) {
    const { adult, newborn, elder } = story.state;
    const cards = [];
    for (const [who, person] of Object.entries({ adult, elder, newborn }))
      cards.push(await giveCard(story, who, person));
    checks.that(
      cards.every(({ state }) => state === 'active') && new Set(cards.map(({ cardId }) => cardId)).size === 3,
      '3枚のカードが交付され、有効になった',
      'three cards were handed over and are active',
    );
    const [adults, , childs] = cards;
    checks.that(
      yearsBetween(adults) === 10 && yearsBetween(childs) === 5,
      '有効期間は成人が10回目、子が5回目の誕生日まで',
      'the adult’s card runs to the tenth birthday, the child’s to the fifth',
    );
    const wrong = await (await story.cardOf(adult)).sign('authentication', '0000', Buffer.from('x'));
    checks.that(
      !wrong.ok && wrong.failure.code === 'pin-wrong',
      '誤った暗証番号ではカードは署名しない',
      'with a wrong PIN the card signs nothing',
    );
    const kinds = async (person: Person): Promise<string> => {
      const status = mustSucceed(await (await story.cardOf(person)).status(), 'the card’s status');
      return status.keys.map(({ kind }) => kind).join(' ');
    };
    checks.that(
      (await kinds(adult)) === 'authentication signature' && (await kinds(newborn)) === 'authentication',
      '署名用の鍵は15歳以上のカードだけにある',
      'only cards of those of fifteen and over have a signature key',
    );
    return {
      ja: '成人・高齢の親・新生児の3枚を交付しました。',
      en: 'Cards were handed over to the adult, the elder and the newborn.',
    };
  },
};

/** Application, making, hand-over and PINs of one person. */
async function giveCard(story: Story, who: string, person: Person): Promise<z.output<typeof made>> {
  const { client } = story;
  const wish = {
    requestId: story.requestId(`card-${who}`),
    residentCode: story.known(person.residentCode, 'the resident code'),
    terminal: TERMINAL,
  };
  const applied = await client.act(NATIONAL, '/cards/applications', wish, application);
  const at = { terminal: TERMINAL };
  const make = `/cards/applications/${applied.applicationId}/make`;
  const { cardId } = await client.act(NATIONAL, make, at, made);
  person.cardId = cardId;
  const handed = await handOverAtCounter((to, body) => client.act(NATIONAL, to, body, z.unknown()), {
    cardId,
    applicationId: applied.applicationId,
    municipality: HOME,
    terminal: TERMINAL,
    card: await story.cardOf(person),
    pins: { authentication: PIN_AUTHENTICATION, signature: PIN_SIGNATURE },
    isChild: who === 'newborn',
  });
  return made.parse(handed);
}

/** Whole years from issue to expiry, the first birthday being a part of one. */
function yearsBetween(one: z.output<typeof made> | undefined): number {
  if (!one) return 0;
  const years = Number(one.expiresOn.slice(0, 4)) - Number(one.issuedOn.slice(0, 4));
  return one.expiresOn.slice(5) > one.issuedOn.slice(5) ? years + 1 : years;
}
