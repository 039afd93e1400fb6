/**
 * Lists of revoked certificates, whole as verifiers read them and in parts as the signer sees them. The two must agree: what
 * is signed in parts is a list that the whole lint passes, wherever it was cut.
 */
import { pkitsMissing, pkitsOctets } from '@ishizue/verification/testing';
import {
  CrlPartsLint,
  checkRevocationByCrl,
  crlEntries,
  crlEntryRules,
  crlRules,
  findCrlEntry,
  lintCrl,
  parseCrl,
  parseTbsCertList,
  type TbsCertList,
} from '@ishizue/x509';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { demandOneEncoding, outcomeOf, outcomesOf } from './oracles.ts';
import { NOW, rich, root, signed, tbsLists } from './samples.ts';

/** Findings of the lint in parts, the entries cut into pieces of `each`. */
function partsFindings(list: TbsCertList, each: number): number {
  const { tbs, entries } = list;
  const start = entries.length === 0 ? -1 : entries.byteOffset - tbs.byteOffset;
  const lint = new CrlPartsLint(crlRules, crlEntryRules);
  if (start < 0) return -1;
  let findings = lint.head(tbs.subarray(0, start)).length;
  let at = 0;
  let count = 0;
  let from = 0;
  while (at < entries.length) {
    at += 2 + lengthAt(entries, at);
    if (++count % each === 0 || at >= entries.length) {
      findings += lint.entries(entries.subarray(from, at)).length;
      from = at;
    }
  }
  return findings + lint.end(tbs.subarray(start + entries.length)).length;
}

/** The octets of an entry behind its tag and the first octet of its length. */
function lengthAt(octets: Uint8Array, at: number): number {
  const first = octets[at + 1] ?? 0;
  if (first < 0x80) return first;
  let length = 0;
  const count = first & 0x7f;
  for (let next = at + 2; next < at + 2 + count; next++) length = length * 256 + (octets[next] ?? 0);
  return length + count;
}

const isAscending = (list: TbsCertList): boolean => {
  let last: Uint8Array | undefined;
  for (const { serial } of crlEntries(list)) {
    const isAfter =
      last === undefined ||
      serial.length > last.length ||
      (serial.length === last.length && Buffer.compare(serial, last) > 0);
    if (!isAfter) return false;
    last = serial;
  }
  return true;
};

function lintBoth(tbs: Uint8Array): string {
  const findings = lintCrl(crlRules, tbs);
  const list = parseTbsCertList(tbs);
  if (!list.ok) {
    demand(findings.length > 0, 'no finding in what cannot be read');
    return outcomeOf(list);
  }
  for (const each of [1, 3]) {
    const inParts = partsFindings(list.value, each);
    if (inParts === 0) demand(findings.length === 0, `clean in parts, but ${findings[0]?.rule} as a whole`);
    else if (inParts > 0 && findings.length === 0)
      demand(!isAscending(list.value), 'clean and ascending as a whole, but not in parts');
  }
  return findings[0]?.rule ?? 'clean';
}

function feed(input: Uint8Array): string {
  const list = parseCrl(input);
  if (!list.ok) return outcomesOf(outcomeOf(list), lintBoth(input));
  demandOneEncoding(input);
  const crl = list.value;
  demand([...crlEntries(crl)].length === crl.entryCount, 'entries that are not as many as were counted');
  findCrlEntry(crl, rich.serial);
  checkRevocationByCrl({ certificate: rich, issuer: root.certificate, crl, at: NOW });
  return outcomesOf('ok', lintBoth(crl.tbs));
}

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 8_192,
  guidedBy: ['/platform/x509/src/'],
  seeds: [
    ...tbsLists,
    ...tbsLists.map(signed),
    ...(pkitsMissing === false ? pkitsOctets('crls').filter(({ length }) => length < 2_000) : []),
  ],
  mutate: mutateDer,
  feed,
});
