/** Orders of certificates, as a card's life makes them: the request is signed with the card's key. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import path from 'node:path';
import { dateInTokyo } from '@ishizue/clock';
import type { CertificateKind, IssueOrder } from '@ishizue/jpki';
import type { Access } from '@ishizue/registry';
import {
  assembleSigned,
  attribute,
  encodeCertificationRequestInfo,
  encodeName,
  signatureAlgorithm,
} from '@ishizue/x509';
import type { BenchCountry } from './bench-country.ts';
import type { Workplace } from './benchmark.ts';
import { loadWhole, writeRegisterFile } from './register-file.ts';

export const MUNICIPALITY = '131121'; // 世田谷区
const SETTLE_TIMEOUT_MS = 300_000;
/** Making an RSA key takes a tenth of a second, and it is the card that does it: a few stand for all. */
const KEYS = 8;
const CARD_YEARS = 5;

export const ISSUE_ACCESS: Access = {
  actorKind: 'operator',
  actor: 'o-bench',
  terminal: 'counter',
  article: '公的個人認証法 第22条',
  affair: 'card-issue',
  correlation: 'bench',
};

/** Loads residents and answers the codes of `people` grown-ups who may have both certificates. */
export async function enrolHolders(
  place: Workplace,
  { country, superuser }: BenchCountry,
  people: number,
): Promise<readonly string[]> {
  const residents = people * 3;
  const file = path.join(place.folder, 'holders.csv');
  place.say(`loading ${residents} residents`);
  await writeRegisterFile(file, MUNICIPALITY, residents);
  await loadWhole(country, file, MUNICIPALITY, residents);
  await country.settle(SETTLE_TIMEOUT_MS);
  const rows = await superuser<{ code: string }[]>`
    SELECT resident_code AS code FROM registry.municipal_resident
    WHERE birth_date BETWEEN '1940-01-01' AND '1999-12-31' AND birth_date NOT LIKE '%-00%' AND nationality = 'JPN'
    ORDER BY resident_number LIMIT ${people}`;
  if (rows.length < people) throw new Error(`only ${rows.length} residents may have a card`);
  return rows.map(({ code }) => code);
}

/** The keys of cards that are measured. */
export type HolderKey = 'rsa-2048' | 'p-256';

/** Orders of both kinds for each holder, each for a card of its own. */
export function ordersFor(
  holders: readonly string[],
  now: number,
  holderKey: HolderKey = 'rsa-2048',
): readonly IssueOrder[] {
  const requests = Array.from({ length: KEYS }, () => makeRequest(holderKey));
  const [year, rest] = [dateInTokyo(now).slice(0, 4), dateInTokyo(now).slice(4)];
  const cardExpiresOn = `${Number(year) + CARD_YEARS}${rest.replace('-02-29', '-02-28')}`;
  return holders.flatMap((residentCode, index) => {
    const certificationRequest = requests[index % KEYS];
    if (!certificationRequest) throw new Error('no key was made');
    const cardId = `card-${index}`;
    return (['authentication', 'signature'] satisfies CertificateKind[]).map((kind) => ({
      kind,
      requestId: randomUUID(),
      residentCode,
      cardId,
      cardExpiresOn,
      certificationRequest,
    }));
  });
}

/** PKCS#10 with a new key. */
function makeRequest(holderKey: HolderKey): Buffer {
  const isRsa = holderKey === 'rsa-2048';
  const { privateKey, publicKey } = isRsa
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const info = encodeCertificationRequestInfo({
    subject: encodeName([attribute('CN', 'card')]),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
  });
  return Buffer.from(
    assembleSigned(info, signatureAlgorithm(isRsa ? 'rsa' : 'p256'), sign('sha256', info, privateKey)),
  );
}
