/** A software phone, and a holder of a card who puts certificates on phones, for tests and developers. */
import assert from 'node:assert/strict';
import { randomBytes, sign } from 'node:crypto';
import type { TestContext } from 'node:test';
import { mustSucceed, type Result } from '@ishizue/outcome';
import type { IssuedCertificate } from '../issue-certificate.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { type ApplyFailure, applyForPhone, type PhoneCertificates } from '../phones/apply-for-phone.ts';
import { draftPhoneApplication } from '../phones/draft-application.ts';
import { type EndPhoneFailure, endPhoneBySignature } from '../phones/end-phone.ts';
import { endStatement } from '../phones/phone-statement.ts';
import type { RevokeCounts } from '../revoke-certificates.ts';
import {
  type CardKey,
  makeCardKey,
  requestOf,
  type TestJpki,
  type TestJpkiOptions,
  testJpki,
} from './index.ts';

/** Two keys that never leave it, made once: they take time. */
export interface SoftwarePhone {
  readonly deviceId: string;
  readonly keys: { readonly signature: CardKey; readonly authentication: CardKey };
}

export const makePhone = (): SoftwarePhone => ({
  deviceId: randomBytes(16).toString('hex'),
  keys: { signature: makeCardKey(), authentication: makeCardKey() },
});

export interface CardHolder {
  readonly residentCode: string;
  readonly cardId: string;
  readonly key: CardKey;
  /** The card's certificates of the moment. */
  certificates: { signature: IssuedCertificate; authentication: IssuedCertificate };
}

export const signWith = ({ privateKey }: CardKey, statement: string): Buffer =>
  sign('sha256', Buffer.from(statement), privateKey);

/** The statement of an application, drafted and signed by the card. */
export async function signedApplication(context: JpkiContext, holder: CardHolder, phone: SoftwarePhone) {
  const { deviceId, keys } = phone;
  const draft = mustSucceed(
    await draftPhoneApplication(context, {
      deviceId,
      signatureRequest: requestOf(keys.signature),
      authenticationRequest: requestOf(keys.authentication),
    }),
    'the statement',
  );
  return {
    id: draft.id,
    certificate: holder.certificates.signature.certificate,
    signature: signWith(holder.key, draft.statement),
    correlation: 'an-application',
  };
}

export const applyWith = async (
  context: JpkiContext,
  holder: CardHolder,
  phone: SoftwarePhone,
): Promise<Result<PhoneCertificates, ApplyFailure>> =>
  applyForPhone(context, await signedApplication(context, holder, phone));

/** The end of an application, signed by the card. */
export const endWithCard = (
  context: JpkiContext,
  holder: CardHolder,
  application: string,
): Promise<Result<RevokeCounts, EndPhoneFailure>> =>
  endPhoneBySignature(context, {
    application,
    kind: 'signature',
    certificate: holder.certificates.signature.certificate,
    signature: signWith(holder.key, endStatement(application)),
    correlation: 'an-end',
  });

export interface PhoneScene extends TestJpki {
  readonly holder: CardHolder;
  readonly renewCard: (kind: 'signature' | 'authentication') => Promise<void>;
}

/** A holder with a card of both certificates. */
export async function phoneScene(t: TestContext, options: TestJpkiOptions = {}): Promise<PhoneScene> {
  const jpki = await testJpki(t, { ...options, hasPhones: true });
  const [residentCode] = await jpki.enrol([{ name: '髙橋　遥' }]);
  assert.ok(residentCode);
  const key = makeCardKey();
  const cardId = 'card-a';
  const issue = (kind: 'authentication' | 'signature') =>
    jpki.issue({ residentCode, kind, cardId, certificationRequest: requestOf(key) });
  const certificates = { authentication: await issue('authentication'), signature: await issue('signature') };
  const holder: CardHolder = { residentCode, cardId, key, certificates };
  return {
    ...jpki,
    holder,
    renewCard: async (kind) => {
      holder.certificates = { ...holder.certificates, [kind]: await issue(kind) };
    },
  };
}

/** Rows of phones' certificates, in the order of their applications. */
export async function phoneRows(context: JpkiContext) {
  const rows = await context.sql<
    { kind: string; deviceId: string; isSigned: boolean; reason: string | null; endsAt: Date }[]
  >`
    SELECT c.kind, a.device_id AS "deviceId", c.signature IS NOT NULL AS "isSigned", c.reason,
      c.expires_at AS "endsAt"
    FROM jpki.certificate c JOIN jpki.phone_application a ON a.id = c.application ORDER BY a.number, c.kind DESC`;
  return rows.map((row) => ({ ...row }));
}
