import assert from 'node:assert/strict';
import { randomBytes, sign } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import {
  assembleOcspResponse,
  type CertStatus,
  encodeResponseData,
  extKeyUsage,
  isIssuedBy,
  issuerHashes,
  KEY_PURPOSE_OIDS,
  keyUsage,
  parseOcspRequest,
  serialNumber,
  signatureAlgorithm,
} from '@ishizue/x509';
import { authorityOf, type Issued, issue, keyIdOf, makeRoot } from '@ishizue/x509/testing';
import { certificatesOf, codeOf, issueAuthority, issueList, NOW } from '../testing/scene.ts';
import type { OcspSource } from './ask-ocsp.ts';

const root = makeRoot();
const middle = issueAuthority(root, 'Middle');
const leaf = issue(middle, { serial: serialNumber(31) });
const GOOD: CertStatus = { status: 'good' };
const REVOKED: CertStatus = { status: 'revoked', revokedAt: NOW - 1_000, reason: 'keyCompromise' };

interface Answering {
  readonly by?: Issued;
  readonly with?: readonly Issued[];
  readonly nonce?: Uint8Array;
  readonly statusOf?: (serial: Uint8Array) => CertStatus;
}

/** A responder in this process that counts how often it is asked; signs as the issuer asked for, or as `by`. */
function responder(answering: Answering = {}): OcspSource & { readonly asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    nonce: () => randomBytes(32),
    ask: (request) => {
      asked++;
      const { certIds, nonce } = mustSucceed(parseOcspRequest(request), 'a request');
      const [certId] = certIds;
      assert.ok(certId);
      const isOf = ({ certificate }: Issued): boolean => isIssuedBy(certId, issuerHashes(certificate));
      const by = answering.by ?? (isOf(middle) ? middle : root);
      const algorithm = signatureAlgorithm(by.key.type);
      const responseData = encodeResponseData({
        responderKeyHash: keyIdOf(by.key),
        producedAt: NOW,
        nonce: answering.nonce ?? nonce,
        responses: [
          {
            certId: certId.der,
            status: answering.statusOf?.(certId.serial) ?? GOOD,
            thisUpdate: NOW,
            nextUpdate: NOW + 900_000,
          },
        ],
      });
      const signature = sign(algorithm.digest, responseData, by.key.privateKey);
      const certificates = (answering.with ?? []).map(({ certificate }) => certificate.der);
      const parts = { responseData, signatureAlgorithm: algorithm, signature, certificates };
      return Promise.resolve(assembleOcspResponse(parts));
    },
  };
}

const verdict = (ocsp: OcspSource, crls: ReturnType<typeof issueList>[] = []): Promise<string> =>
  codeOf({
    certificate: leaf.certificate,
    chain: certificatesOf(middle),
    anchors: certificatesOf(root),
    crls,
    ocsp,
    asksStatus: true,
  });

test('a responder is asked about the certificate always, about an authority where lists leave it open', async () => {
  const alone = responder();
  assert.equal(await verdict(alone), 'valid');
  assert.equal(alone.asked(), 2);
  const beside = responder();
  assert.equal(await verdict(beside, [issueList(root)]), 'valid');
  assert.equal(beside.asked(), 1);
  const both = responder();
  assert.equal(await verdict(both, [issueList(root), issueList(middle)]), 'valid');
  assert.equal(both.asked(), 1, 'whatever the lists say');
});

test('either of lists and responder is enough to refuse', async () => {
  const lists = [issueList(root), issueList(middle)];
  assert.equal(await verdict(responder({ statusOf: () => REVOKED }), lists), 'certificate-revoked');
  const entry = { serial: serialNumber(31), revokedAt: NOW - 1_000 };
  assert.equal(
    await verdict(responder(), [issueList(root), issueList(middle, [entry])]),
    'certificate-revoked',
  );
  const isMiddle = (serial: Uint8Array): boolean => Buffer.compare(serial, middle.certificate.serial) === 0;
  const ofMiddle = responder({ statusOf: (serial) => (isMiddle(serial) ? REVOKED : GOOD) });
  assert.equal(await verdict(ofMiddle), 'certificate-revoked', 'an authority on the way');
});

test('an answer is believed only from the issuer or its delegate, for this question', async () => {
  const lists = [issueList(root), issueList(middle)];
  const purpose = (oid: string) => ({
    extensions: [keyUsage(['digitalSignature']), extKeyUsage([oid]), authorityOf(middle)],
  });
  const delegate = issue(middle, purpose(KEY_PURPOSE_OIDS.ocspSigning));
  assert.equal(await verdict(responder({ by: delegate, with: [delegate] }), lists), 'valid');
  const client = issue(middle, purpose(KEY_PURPOSE_OIDS.clientAuth));
  const unauthorised = 'ocsp-responder-not-authorised';
  assert.equal(await verdict(responder({ by: client, with: [client] }), lists), unauthorised);
  assert.equal(
    await verdict(responder({ by: root, with: [root] }), lists),
    unauthorised,
    'not its own issuer',
  );
  const stranger = makeRoot();
  assert.equal(await verdict(responder({ by: stranger, with: [stranger] }), lists), unauthorised);
  assert.equal(await verdict(responder({ nonce: randomBytes(32) }), lists), 'ocsp-nonce-mismatch');
  const unknown = responder({ statusOf: () => ({ status: 'unknown' }) });
  assert.equal(await verdict(unknown, lists), 'ocsp-status-unknown');
  const silent: OcspSource = { nonce: () => randomBytes(32), ask: () => Promise.resolve(undefined) };
  assert.equal(await verdict(silent, lists), 'ocsp-unavailable');
  const junk: OcspSource = { ...silent, ask: () => Promise.resolve(Buffer.from('junk')) };
  assert.equal(await verdict(junk, lists), 'unexpected-tag');
});
