/** CMS messages in BER and DER, with their certificates and lists: NIST's, and openssl's of several kinds. */
import { verifySignedData } from '@ishizue/verification';
import { issueAuthority, pkitsMessages, pkitsMissing, signByOpenssl } from '@ishizue/verification/testing';
import { issue, makeKey, makeRoot } from '@ishizue/x509/testing';
import type { FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { NOW } from './samples.ts';

const CONTENT = Buffer.from('A message.\r\n');
const MESSAGES_OF_NIST = 24;

export async function feedMessage(
  message: Uint8Array,
  anchors: Parameters<typeof verifySignedData>[0]['anchors'],
): Promise<string> {
  const question = { message, anchors, chain: [], crls: [], asksStatus: false, at: NOW };
  let verdict = await verifySignedData(question);
  if (!verdict.ok && verdict.failure.code === 'cms-content-missing')
    verdict = await verifySignedData({ ...question, content: [CONTENT] });
  return verdict.ok ? (verdict.value.failure?.code ?? 'ok') : verdict.failure.code;
}

export function makeTarget(): FuzzTarget {
  const root = makeRoot();
  const middle = issueAuthority(root, 'Middle');
  const [signer, other] = [issue(middle), issue(middle, {}, makeKey('rsa'))];
  const seeds = [
    signByOpenssl(CONTENT, signer, [middle], '-nodetach'),
    signByOpenssl(CONTENT, other, [middle], '-nodetach -cades'),
    signByOpenssl(CONTENT, signer, [middle], '-nodetach -keyid'),
    signByOpenssl(CONTENT, signer, [middle], '-stream -nodetach'),
    signByOpenssl(CONTENT, signer, [middle], '-nodetach -noattr'),
    signByOpenssl(CONTENT, signer, [], ''),
    ...(pkitsMissing === false
      ? pkitsMessages()
          .slice(0, MESSAGES_OF_NIST)
          .map(({ message }) => message)
      : []),
  ];
  return {
    bytesMax: 16_384,
    guidedBy: ['/platform/verification/src/'],
    seeds,
    mutate: mutateDer,
    feed: (input) => feedMessage(input, [root.certificate]),
  };
}
