/**
 * Certification paths by hostile authorities: certificates and lists are changed and then signed by the keys that they need,
 * so that the change is met behind the signatures: constraints, policies, mappings, scopes of lists.
 */
import { readForeignCertificate, verifyCertificate } from '@ishizue/verification';
import { issueAuthority, issueList, nameConstraint } from '@ishizue/verification/testing';
import {
  certificatePolicies,
  crlDistributionPoints,
  type Extension,
  extKeyUsage,
  issuingDistributionPoint,
  KEY_PURPOSE_OIDS,
  keyUsage,
  parseCrl,
  serialNumber,
  subjectAltName,
} from '@ishizue/x509';
import { authorityOf, type Issued, issue, makeKey, makeRoot, signTbs, testName } from '@ishizue/x509/testing';
import type { FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { readTree, shortestLength, writeTree } from '../mutate/der-tree.ts';
import { outcomeOf } from './oracles.ts';
import { NOW } from './samples.ts';

const root = makeRoot({}, makeKey('ed25519'));
const key = makeKey('ed25519');
const point = [{ kind: 'directoryName', name: testName('CRLDP') }] as const;

const raw = (oid: string, hex: string): Extension => ({
  oid,
  critical: true,
  value: Buffer.from(hex, 'hex'),
});
const POLICY_CONSTRAINTS = raw('2.5.29.36', '3006800100810100');
const INHIBIT_ANY = raw('2.5.29.54', '020100');
const POLICY_MAPPINGS = raw('2.5.29.33', '300a300806022a0306022a04');

const sequence = (...members: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(members);
  return Buffer.concat([Uint8Array.from([0x30, ...shortestLength(content.length)]), content]);
};

/** An authority's certificate, a holder's and the authority's list, as they are to be signed. */
function scene(ofAuthority: readonly Extension[], ofHolder: readonly Extension[]): Buffer {
  const middle = issueAuthority(root, 'Middle', ofAuthority, key);
  const leaf = issue(
    middle,
    {
      serial: serialNumber(9),
      extensions: [
        keyUsage(['digitalSignature']),
        authorityOf(middle),
        crlDistributionPoints([{ fullName: point }]),
        ...ofHolder,
      ],
    },
    key,
  );
  const list = issueList(
    middle,
    [{ serial: serialNumber(8), revokedAt: 0 }],
    [issuingDistributionPoint({ fullName: point })],
  );
  return sequence(middle.certificate.tbs, leaf.certificate.tbs, list.tbs);
}

const names = subjectAltName([
  { kind: 'dnsName', value: 'a.example.jp' },
  { kind: 'rfc822Name', value: 'a@example.jp' },
  { kind: 'uri', value: 'https://a.example.jp/b' },
  { kind: 'ipAddress', value: Uint8Array.of(192, 0, 2, 1) },
  { kind: 'directoryName', name: testName('Somebody') },
]);
const policies = certificatePolicies([{ policy: '1.2.3' }, { policy: '2.5.29.32.0' }], true);

const seeds: readonly Buffer[] = [
  scene([], []),
  scene([nameConstraint('permitted', 0x82, Buffer.from('example.jp'))], [names]),
  scene([nameConstraint('excluded', 0x87, Buffer.from('c0000200ffffff00', 'hex'))], [names]),
  scene([nameConstraint('permitted', 0x81, Buffer.from('example.jp'))], [names]),
  scene([nameConstraint('permitted', 0x86, Buffer.from('.example.jp'))], [names]),
  scene([nameConstraint('permitted', 0xa4, testName('Somebody').der)], [names]),
  scene([policies, POLICY_CONSTRAINTS], [policies]),
  scene([policies, POLICY_MAPPINGS, INHIBIT_ANY], [certificatePolicies([{ policy: '1.2.4' }])]),
  scene([], [extKeyUsage([KEY_PURPOSE_OIDS.clientAuth])]),
];

/** The parts signed by whom they need: the root, the authority, the authority. */
function resign(input: Uint8Array): readonly Uint8Array[] | undefined {
  const members = readTree(input)?.members;
  if (members?.length !== 3) return undefined;
  const signers: readonly Issued['key'][] = [root.key, key, key];
  return members.map((member, index) => signTbs(writeTree(member), signers[index] ?? key));
}

async function feed(input: Uint8Array): Promise<string> {
  const [middle, leaf, list] = resign(input) ?? [];
  if (middle === undefined || leaf === undefined || list === undefined) return 'not three parts';
  const certificate = readForeignCertificate(leaf);
  const authority = readForeignCertificate(middle);
  const crl = parseCrl(list);
  if (!certificate.ok) return outcomeOf(certificate);
  const verdict = await verifyCertificate({
    certificate: certificate.value,
    chain: authority.ok ? [authority.value] : [],
    anchors: [root.certificate],
    crls: crl.ok ? [crl.value, issueListOfRoot] : [issueListOfRoot],
    asksStatus: true,
    at: NOW,
    policies: ['1.2.3', '1.2.4'],
  });
  return verdict.failure?.code ?? 'ok';
}

const issueListOfRoot = issueList(root);

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 16_384,
  guidedBy: ['/platform/verification/src/'],
  seeds,
  mutate: mutateDer,
  feed,
});
