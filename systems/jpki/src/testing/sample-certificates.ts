/** To-be-signed certificates of every profile with made-up keys, for the tests of profiles and lints. */
import { generateKeyPairSync } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import { parsePartialDate } from '@ishizue/text';
import { serialNumber } from '@ishizue/x509';
import { encodeAuthenticationCertificate } from '../profile/authentication-certificate.ts';
import {
  algorithmOf,
  encodeAuthorityCertificate,
  keyIdentifierOf,
} from '../profile/authority-certificate.ts';
import { CARD_KIND_OF, type CertificateKind } from '../profile/certificate-kind.ts';
import { holderAttributes } from '../profile/holder-attributes.ts';
import type { IssuingAuthority } from '../profile/issuing-authority.ts';
import { authorityName, testProfile } from '../profile/jpki-profile.ts';
import { encodeResponderCertificate } from '../profile/responder-certificate.ts';
import { authoritySerial, responderSerial } from '../profile/serial-numbers.ts';
import { encodeSignatureCertificate } from '../profile/signature-certificate.ts';

const makeSpki = (): Buffer =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' });

export interface SampleCertificates {
  readonly authoritySpki: Buffer;
  readonly holderSpki: Buffer;
  readonly authorityKeyId: string;
  readonly subjectKeyId: string;
  readonly notBefore: number;
  readonly area: { readonly prefecture: string; readonly area: string };
  readonly issuing: (kind: CertificateKind) => IssuingAuthority;
  readonly authority: (kind: CertificateKind) => Buffer;
  /** A holder's, of a card or of a phone. */
  readonly holder: (kind: CertificateKind) => Buffer;
  readonly responder: () => Buffer;
}

export function sampleCertificates(): SampleCertificates {
  const [authoritySpki, holderSpki] = [makeSpki(), makeSpki()];
  const notBefore = Date.parse('2026-11-20T01:00:00Z');
  const area = { prefecture: 'Tokyo-to', area: 'Kiyose-shi' };
  const issuing = (kind: CertificateKind): IssuingAuthority => ({
    kind,
    name: authorityName(testProfile, kind),
    keyIdentifier: keyIdentifierOf(authoritySpki),
    algorithm: algorithmOf(authoritySpki),
    serial: authoritySerial(1),
  });
  const holder = (kind: CertificateKind) => ({
    profile: testProfile,
    authority: issuing(kind),
    serial: serialNumber(0x1234_5678),
    notBefore,
    notAfter: Date.parse('2031-02-17T14:59:59Z'),
    publicKey: holderSpki,
    holderNumber: 'ABCDEFGHIJKLMN13221003A',
    area,
  });
  const attributes = mustSucceed(
    holderAttributes({
      name: '髙橋　遥',
      birth: mustSucceed(parsePartialDate('1980-02-17'), 'a date'),
      sex: 2,
      address: '東京都清瀬市元町一丁目4番5号',
    }),
    'sample attributes',
  );
  const hex = (spki: Buffer): string => Buffer.from(keyIdentifierOf(spki)).toString('hex');
  return {
    authoritySpki,
    holderSpki,
    authorityKeyId: hex(authoritySpki),
    subjectKeyId: hex(holderSpki),
    notBefore,
    area,
    issuing,
    authority: (kind) =>
      Buffer.from(
        encodeAuthorityCertificate({
          profile: testProfile,
          kind,
          generation: 1,
          publicKey: authoritySpki,
          notBefore,
        }),
      ),
    holder: (kind) =>
      Buffer.from(
        CARD_KIND_OF[kind] === 'authentication'
          ? encodeAuthenticationCertificate(holder(kind))
          : encodeSignatureCertificate({ ...holder(kind), attributes }),
      ),
    responder: () =>
      Buffer.from(
        encodeResponderCertificate({
          authority: issuing('signature'),
          serial: responderSerial(1, 1),
          notBefore,
          authorityEnds: Date.parse('2036-11-19T14:59:59Z'),
          publicKey: holderSpki,
          number: 1,
        }),
      ),
  };
}
