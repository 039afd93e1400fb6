/**
 * What a holder reads and signs with the signature key: the application for certificates on a phone, and the end of them, in
 * Japanese and English (JPKI Act 16-2, 35-2, 9, 28). The signature is over exactly these UTF-8 bytes. The id makes each
 * statement one of its kind; the hashes of the requests bind it to the keys of one phone. Pure.
 */
import { createHash } from 'node:crypto';

export interface StatedApplication {
  readonly id: string;
  readonly deviceId: string;
  /** PKCS#10 in DER, one of each key. */
  readonly signatureRequest: Uint8Array;
  readonly authenticationRequest: Uint8Array;
  readonly draftedAt: number;
}

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
const TOKYO_MS = 9 * 3_600_000;
const inJapan = (ms: number): string => `${new Date(ms + TOKYO_MS).toISOString().slice(0, 19)}+09:00`;

export const applicationStatement = (application: StatedApplication): string =>
  [
    '移動端末設備用電子証明書の発行申請 / Application for certificates on a phone',
    `申請番号 / Application: ${application.id}`,
    `端末 / Phone: ${application.deviceId}`,
    `署名用の鍵 / Signature key: ${sha256(application.signatureRequest)}`,
    `利用者証明用の鍵 / Authentication key: ${sha256(application.authenticationRequest)}`,
    `作成日時 / Drawn up at: ${inJapan(application.draftedAt)}`,
    '私は、この端末の鍵の電子証明書の発行を申請します。ほかの端末の電子証明書は失効します。',
    'I apply for certificates of the keys of this phone. Those of any other phone of mine end.',
    '',
  ].join('\n');

export const endStatement = (application: string): string =>
  [
    '移動端末設備用電子証明書の失効申請 / End of the certificates on a phone',
    `申請番号 / Application: ${application}`,
    '私は、この申請により発行された電子証明書の失効を申請します。',
    'I ask that the certificates issued by this application are revoked.',
    '',
  ].join('\n');
