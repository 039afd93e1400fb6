/** A holder with a signature certificate, a firm behind an operator, and the steps of a consent, for tests. */
import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import type { TestContext } from 'node:test';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { type ConsentItem, withdrawalStatement } from '../consents/consent-statement.ts';
import { draftConsent } from '../consents/draft-consent.ts';
import { type GivenConsent, giveConsent } from '../consents/give-consent.ts';
import { latestAttributes } from '../consents/latest-attributes.ts';
import { withdrawBySignature } from '../consents/withdraw-consent.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { VerifierCall } from '../verifiers/verifier-access.ts';
import {
  type CardKey,
  makeCardKey,
  requestOf,
  type TestJpki,
  type TestJpkiOptions,
  testJpki,
} from './index.ts';
import { liveVerifier } from './verifiers.ts';

export const OPERATOR = 'verifier/pf';
export const FIRM = 'verifier/shop';
export const call: VerifierCall = { verifier: OPERATOR, onBehalfOf: FIRM, correlation: 'a-request' };

export interface ConsentScene extends TestJpki {
  readonly residentCode: string;
  readonly key: CardKey;
  /** The signature certificate of the moment, in DER. */
  readonly certificate: () => Buffer;
  readonly serial: () => string;
  /** Another signature certificate on the same card. */
  readonly renew: (cardId?: string) => Promise<void>;
  readonly signed: (statement: string, by?: CardKey) => { certificate: Buffer; signature: Buffer };
  readonly consent: (items: readonly ConsentItem[], lastDay?: string) => Promise<GivenConsent>;
  /** The answer or its code. */
  readonly ask: (id: string, other?: Partial<VerifierCall>) => Promise<unknown>;
  readonly withdraw: (id: string) => Promise<unknown>;
}

export const codeOf = <T>(result: Result<T>): T | string => (result.ok ? result.value : result.failure.code);

export async function consentScene(t: TestContext, options: TestJpkiOptions = {}): Promise<ConsentScene> {
  const jpki = await testJpki(t, options);
  const { context } = jpki;
  const [residentCode] = await jpki.enrol([{ name: '髙橋　遥' }]);
  assert.ok(residentCode);
  const key = makeCardKey();
  const certificationRequest = requestOf(key);
  const issue = (kind: 'authentication' | 'signature', cardId = 'card-a') =>
    jpki.issue({ residentCode, kind, cardId, certificationRequest });
  await issue('authentication');
  let held = await issue('signature');
  await liveVerifier(context, OPERATOR);
  await liveVerifier(context, FIRM, {
    kind: 'delegating-firm',
    title: '商店',
    entrustedTo: OPERATOR,
    certificateKinds: ['signature'],
    services: ['latest-attributes'],
  });
  const signed = (statement: string, by = key) => ({
    certificate: held.certificate,
    signature: sign('sha256', Buffer.from(statement), by.privateKey),
  });
  return {
    ...jpki,
    residentCode,
    key,
    certificate: () => held.certificate,
    serial: () => held.serial,
    renew: async (cardId) => {
      if (cardId !== undefined) await issue('authentication', cardId);
      held = await issue('signature', cardId);
    },
    signed,
    consent: (items, lastDay = '2027-11-20') => consentOf(context, signed, items, lastDay),
    ask: async (id, other) => codeOf(await latestAttributes(context, { ...call, ...other }, id)),
    withdraw: async (id) =>
      codeOf(
        await withdrawBySignature(context, { id, ...signed(withdrawalStatement(id)), correlation: 'w' }),
      ),
  };
}

async function consentOf(
  context: JpkiContext,
  signed: ConsentScene['signed'],
  items: readonly ConsentItem[],
  lastDay: string,
): Promise<GivenConsent> {
  const draft = mustSucceed(await draftConsent(context, call, { items, lastDay }), 'draft');
  const statement = { id: draft.id, ...signed(draft.statement) };
  return mustSucceed(await giveConsent(context, call, statement), 'consent');
}
