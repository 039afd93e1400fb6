/** The reader of a demonstration: the software cards of the installation lie in it, and sign for whoever knows a PIN. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { openSoftwareCard } from '@ishizue/card';
import { fail, ok } from '@ishizue/outcome';
import type { CardReader } from '@ishizue/sign-in';

const SHOWN_MAX = 20;
const CARD_FILE = /^([0-9A-Z]{16})\.card$/;

export const demonstrationReader = (folder: string): CardReader => ({
  cards: () => newestCards(folder),
  sign: async (cardId, pin, data) => {
    if (!(await newestCards(folder)).includes(cardId))
      return fail('card-absent', 'no such card lies in the reader');
    const card = await openSoftwareCard(folder, cardId);
    const certificate = await card.readCertificate('authentication');
    if (!certificate.ok) return certificate;
    const signature = await card.sign('authentication', pin, data);
    return signature.ok ? ok({ certificate: certificate.value, signature: signature.value }) : signature;
  },
});

/** Ids, the card that was used last first. */
async function newestCards(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  const cards = await Promise.all(
    names.flatMap((name) => {
      const [, cardId] = CARD_FILE.exec(name) ?? [];
      return cardId === undefined
        ? []
        : [stat(path.join(folder, name)).then(({ mtimeMs }) => ({ cardId, mtimeMs }))];
    }),
  );
  return cards
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs)
    .slice(0, SHOWN_MAX)
    .map(({ cardId }) => cardId);
}
