/** Lint rules on OCSP ResponseData (RFC 6960 4.2, RFC 9654). */

import { EXTENSION_OIDS } from '../certificate/extension-oids.ts';
import { encodeResponseData, type ResponseData, type SingleResponse } from '../ocsp/response-data.ts';
import { findDerDefect } from './certificate-encoding-rules.ts';
import { always, type LintRule } from './lint-rule.ts';

type Rule = LintRule<ResponseData>;

const SHA1_OCTETS = 20;

const responderByKey: Rule = {
  name: 'responder-is-named-by-the-hash-of-its-key',
  citation: 'RFC 6960 4.2.1 (KeyHash)',
  applies: always,
  check: ({ responderId }) =>
    responderId.kind === 'key' && responderId.keyHash.length === SHA1_OCTETS ? undefined : 'the responderID',
};

/** A rule that every single response must keep. */
function singleRule(
  name: string,
  citation: string,
  isWrong: (single: SingleResponse, data: ResponseData) => boolean,
): Rule {
  return {
    name,
    citation,
    applies: always,
    check: (data) => {
      const wrong = data.responses.filter((single) => isWrong(single, data)).length;
      return wrong === 0 ? undefined : `${wrong} responses`;
    },
  };
}

const timesInOrder = singleRule(
  'response-times-are-in-order',
  'RFC 6960 2.4, 4.2.2.1',
  ({ thisUpdate, nextUpdate }, { producedAt }) =>
    thisUpdate > producedAt || (nextUpdate !== undefined && nextUpdate <= thisUpdate),
);

const revokedInThePast = singleRule(
  'revocation-is-not-of-the-future',
  'RFC 6960 4.2.1 (RevokedInfo)',
  ({ status }, { producedAt }) => status.status === 'revoked' && status.revokedAt > producedAt,
);

const noRemoval = singleRule(
  'no-answer-says-removed-from-crl',
  'RFC 5280 5.3.1; RFC 6960 2.2',
  ({ status }) => status.status === 'revoked' && status.reason === 'removeFromCRL',
);

const knownHash = singleRule(
  'nothing-but-unknown-is-said-of-an-unknown-hash',
  'RFC 6960 2.2, 4.3',
  ({ certId, status }) => certId.hash === undefined && status.status !== 'unknown',
);

const uniqueCertIds: Rule = {
  name: 'no-certificate-is-answered-twice',
  citation: 'RFC 6960 4.2.1',
  applies: ({ responses }) => responses.length > 1,
  check: ({ responses }) => {
    const ids = new Set(responses.map(({ certId }) => Buffer.from(certId.der).toString('latin1')));
    return ids.size === responses.length ? undefined : `${responses.length - ids.size} responses`;
  },
};

const strictDer: Rule = {
  name: 'every-element-of-the-response-is-strict-der',
  citation: 'RFC 6960 4.2.1; X.690 clauses 8 to 11',
  applies: always,
  check: ({ tbs, extensions, responses }) =>
    findDerDefect(tbs, [...extensions, ...responses.flatMap((single) => single.extensions)]),
};

const reencodes: Rule = {
  name: 'writing-the-response-anew-gives-the-same-octets',
  citation: 'RFC 6960 4.2.1; X.690 10',
  applies: ({ responderId }) => responderId.kind === 'key',
  check: (data) => {
    const spec = {
      responderKeyHash: data.responderId.kind === 'key' ? data.responderId.keyHash : new Uint8Array(0),
      producedAt: data.producedAt,
      responses: data.responses.map((single) => ({ ...single, certId: single.certId.der })),
      nonce: data.nonce,
      extensions: data.extensions.filter(({ oid }) => oid !== EXTENSION_OIDS.ocspNonce),
    };
    return Buffer.compare(encodeResponseData(spec), data.tbs) === 0 ? undefined : 'the octets differ';
  },
};

/** All general rules on OCSP answers. */
export const ocspRules: readonly Rule[] = [
  responderByKey,
  timesInOrder,
  revokedInThePast,
  noRemoval,
  knownHash,
  uniqueCertIds,
  strictDer,
  reencodes,
];
