/** A phone that asks a running server for certificates, and what the server says of them, for the tests of the command line. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { listPath } from '@ishizue/jpki';
import { makeCardKey, requestOf } from '@ishizue/jpki/testing';
import { mustSucceed } from '@ishizue/outcome';
import {
  type Certificate,
  encodeCertId,
  encodeOcspRequest,
  issuerHashes,
  parseCertificate,
  verifyOcspResponse,
} from '@ishizue/x509';

interface SignedByCard {
  readonly certificate: string;
  readonly signature: string;
}

/** What was applied for and signed; the state is OCSP's right after the issue. */
interface OnPhone {
  readonly application: string;
  readonly signed: SignedByCard;
  readonly certificate: Certificate;
  readonly serial: string;
  readonly generation: number;
  readonly state: string;
}

type Answered = readonly [number, unknown];

const keys = { signature: makeCardKey(), authentication: makeCardKey() };
const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');

export function phoneForTest(
  { origin }: { readonly origin: string },
  signByCard: (statement: Buffer) => Promise<SignedByCard>,
) {
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${origin}/national/phone-applications${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return [answer.status, (await answer.json()) as Record<string, unknown>] as const;
  };
  const stateOf = async ({ certificate }: Pick<OnPhone, 'certificate'>): Promise<string> => {
    const issuer = await authorityOf(origin, certificate);
    const certId = encodeCertId('sha256', issuerHashes(issuer.certificate), certificate.serial);
    const body = Buffer.from(encodeOcspRequest([certId]));
    const headers = { 'content-type': 'application/ocsp-request' };
    const answer = await fetch(`${origin}/ocsp`, { method: 'POST', headers, body });
    const response = new Uint8Array(await answer.arrayBuffer());
    const asked = { response, certificate, issuer: issuer.certificate, at: Date.now() };
    return mustSucceed(verifyOcspResponse(asked), 'an answer').status.status;
  };
  const handIn = async ({
    application,
    signed,
  }: Pick<OnPhone, 'application' | 'signed'>): Promise<Answered> => {
    const [status, told] = await post(`/${application}/certificates`, signed);
    return [status, told['code'] ?? (told['signature'] as { serial: string }).serial];
  };
  const apply = async (): Promise<OnPhone> => {
    const [, draft] = await post('', {
      deviceId: randomBytes(16).toString('hex'),
      signatureRequest: base64(requestOf(keys.signature)),
      authenticationRequest: base64(requestOf(keys.authentication)),
    });
    const application = String(draft['id']);
    const signed = await signByCard(Buffer.from(String(draft['statement'])));
    const [status, told] = await post(`/${application}/certificates`, signed);
    if (status !== 201) throw new Error(JSON.stringify(told));
    const issued = told['signature'] as { certificate: string; serial: string };
    const der = Buffer.from(issued.certificate, 'base64');
    const certificate = mustSucceed(parseCertificate(der), 'issued');
    const issuer = await authorityOf(origin, certificate);
    if (!new X509Certificate(der).verify(new X509Certificate(issuer.certificate.der).publicKey))
      throw new Error('not of the authority that it names');
    const list = await fetch(origin + listPath(certificate));
    if (list.status !== 200) throw new Error(`no list at ${listPath(certificate)}: ${list.status}`);
    const { serial } = issued;
    const { generation } = issuer;
    return { application, signed, certificate, serial, generation, state: await stateOf({ certificate }) };
  };
  const end = async ({ application }: Pick<OnPhone, 'application'>): Promise<Answered> => {
    const statement = await fetch(`${origin}/national/phone-applications/${application}/end-statement`);
    const signed = await signByCard(Buffer.from(await statement.arrayBuffer()));
    const [status, told] = await post(`/${application}/end`, { ...signed, by: 'card' });
    return [status, told['code'] ?? told];
  };
  return { apply, handIn, stateOf, end };
}

/** The generation that issued a certificate, found as anybody would, by its key. */
async function authorityOf(origin: string, { known }: Certificate) {
  const keyIdentifier = Buffer.from(known.authorityKeyIdentifier?.keyIdentifier ?? []).toString('hex');
  const all = (await (await fetch(`${origin}/ca`)).json()) as {
    readonly keyIdentifier: string;
    readonly generation: number;
    readonly certificate: string;
  }[];
  const found = all.find((each) => each.keyIdentifier === keyIdentifier);
  if (!found) throw new Error('an authority that the server does not name');
  const der = new Uint8Array(await (await fetch(origin + found.certificate)).arrayBuffer());
  return { generation: found.generation, certificate: mustSucceed(parseCertificate(der), 'an authority') };
}
