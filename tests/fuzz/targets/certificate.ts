/** Certificates of others: read strictly and as a verifier reads them, used as a careless caller would, and linted. */
import { readForeignCertificate } from '@ishizue/verification';
import { pkitsMissing, pkitsOctets } from '@ishizue/verification/testing';
import {
  type Certificate,
  certificateRules,
  checkRevocationByCrl,
  fingerprint,
  formatSerialNumber,
  lintCertificate,
  parseCertificate,
  parseCrl,
  parseTbsCertificate,
  verifyPath,
} from '@ishizue/x509';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { demandOneEncoding, demandOpensslReads, outcomeOf, outcomesOf } from './oracles.ts';
import { NOW, plain, rich, root, signed, tbsLists } from './samples.ts';

const [, list] = tbsLists.map((tbs) => parseCrl(signed(tbs)));

function use(certificate: Certificate): void {
  String(certificate.subject);
  String(certificate.issuer);
  formatSerialNumber(certificate.serial);
  fingerprint(certificate);
  verifyPath({ certificate, intermediates: [certificate], anchors: [root.certificate], at: NOW });
  if (list?.ok) checkRevocationByCrl({ certificate, issuer: root.certificate, crl: list.value, at: NOW });
}

/** What no rule objects to reads; and in itself the rule about writing anew says that it is written so. */
function lint(tbs: Uint8Array): string {
  const findings = lintCertificate(certificateRules, tbs);
  if (findings.length === 0) demand(parseTbsCertificate(tbs).ok, 'no finding in what cannot be read');
  return findings.length === 0 ? 'clean' : (findings[0]?.rule ?? '');
}

function feed(input: Uint8Array): string {
  const strict = parseCertificate(input);
  const foreign = readForeignCertificate(input);
  demand(foreign.ok || !strict.ok, 'what an issuer may write a verifier does not read');
  if (foreign.ok) {
    use(foreign.value);
    demand(Buffer.compare(foreign.value.der, input) === 0, 'a certificate that is not its octets');
    demandOpensslReads(input);
  }
  if (!strict.ok) return outcomesOf(outcomeOf(strict), outcomeOf(foreign));
  demandOneEncoding(input);
  return outcomesOf('ok', lint(strict.value.tbs));
}

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 8_192,
  guidedBy: ['/platform/x509/src/', '/platform/verification/src/'],
  seeds: [rich.der, plain.der, root.certificate.der, ...(pkitsMissing === false ? pkitsOctets('certs') : [])],
  mutate: mutateDer,
  feed,
});
