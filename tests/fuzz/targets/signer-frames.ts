/**
 * The signer's socket: a stream of frames from whoever may connect, down to the lints of everything that it is asked to sign.
 * However the stream is cut into chunks, the same requests come out; a request that is read is written as it was.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jpkiLints } from '@ishizue/jpki/lints';
import { mustSucceed } from '@ishizue/outcome';
import { certificateLint } from '@ishizue/signer';
import { type OctetSigner, openOctetSigner, type ReadRequest, readRequests } from '@ishizue/signer/testing';
import {
  attribute,
  authorityKeyIdentifier,
  crlNumber,
  encodeCrlEntries,
  encodeName,
  encodeResponseData,
  encodeTbsCertList,
  keyIdentifier,
  parsePublicKeyInfo,
  serialNumber,
  signatureAlgorithm,
  tbsCertListFrame,
} from '@ishizue/x509';
import type { Draws } from '../draws.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { mutateOctets } from '../mutate/octets.ts';
import { certId, NOW, rich } from './samples.ts';

const HEADER_BYTES = 9;
const KEY = 'jpki/signature/ca-1';
/** What makes keys writes files, and a thousand of them a second would measure the disk. */
const MAKES_KEYS: ReadonlySet<string> = new Set(['generateKey', 'ensureSecret']);

interface Piece {
  readonly head: Buffer;
  readonly body: Buffer;
}

/** The frames of a stream, and what is left of it. */
function piecesOf(stream: Buffer): { readonly pieces: Piece[]; readonly rest: Buffer } {
  const pieces: Piece[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= stream.length) {
    const end = at + 4 + stream.readUInt32BE(at);
    if (end > stream.length || end < at + HEADER_BYTES) break;
    pieces.push({
      head: stream.subarray(at, at + HEADER_BYTES),
      body: stream.subarray(at + HEADER_BYTES, end),
    });
    at = end;
  }
  return { pieces, rest: stream.subarray(at) };
}

function frameOf({ head, body }: Piece): Buffer {
  const frame = Buffer.concat([head, body]);
  frame.writeUInt32BE(frame.length - 4, 0);
  return frame;
}

/** Where the last field begins, if it is octets with their length before them. */
function lastFieldOf(body: Buffer): number | undefined {
  for (let at = 0; at + 4 <= body.length; at++) if (body.readUInt32BE(at) === body.length - at - 4) return at;
  return undefined;
}

/** What is to be signed is changed as DER is, under a length that is right. */
function changeBody(draws: Draws, body: Buffer, other: Buffer): Buffer {
  const at = draws.onceIn(4) ? undefined : lastFieldOf(body);
  if (at === undefined) return mutateOctets(draws, body, other);
  const otherAt = lastFieldOf(other);
  const inside = body.subarray(at + 4);
  const changed = mutateDer(draws, inside, otherAt === undefined ? inside : other.subarray(otherAt + 4));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(changed.length);
  return Buffer.concat([body.subarray(0, at), length, changed]);
}

function mutate(draws: Draws, input: Uint8Array, other: Uint8Array): Uint8Array {
  const { pieces, rest } = piecesOf(Buffer.from(input));
  const others = piecesOf(Buffer.from(other)).pieces;
  const at = draws.below(pieces.length);
  const piece = pieces[at];
  if (piece === undefined || draws.onceIn(8)) return mutateOctets(draws, input, other);
  const { head, body } = piece;
  const second = others.length > 0 ? draws.oneOf(others) : piece;
  switch (draws.below(8)) {
    case 0:
      pieces.splice(at, 0, second);
      break;
    case 1:
      pieces.splice(at, 1);
      break;
    case 2: // another operation over this body
      pieces[at] = { head: Buffer.concat([head.subarray(0, 8), Buffer.of(draws.below(24))]), body };
      break;
    default:
      pieces[at] = { head, body: changeBody(draws, body, second.body) };
  }
  return Buffer.concat([...pieces.map(frameOf), rest]);
}

const told = (read: ReadRequest): string =>
  'fault' in read
    ? read.fault
    : `${read.operation} ${read.frame.requestId} ${read.frame.body.toString('latin1')}`;

function demandSameInChunks(input: Buffer, whole: readonly ReadRequest[]): void {
  const third = Math.ceil(input.length / 3);
  const cuts = [[input.subarray(0, third), input.subarray(third, 2 * third), input.subarray(2 * third)]];
  if (input.length < 300) cuts.push(Array.from(input, (_, at) => input.subarray(at, at + 1)));
  for (const chunks of cuts) {
    const again = readRequests(chunks.map((chunk) => Buffer.from(chunk)));
    demand(
      again.length === whole.length && again.every((read, at) => told(read) === told(whole[at] ?? read)),
      'other requests where the stream comes in other chunks',
    );
  }
}

function makeFeed(signer: OctetSigner): FuzzTarget['feed'] {
  return async (octets) => {
    const input = Buffer.from(octets);
    const requests = readRequests([input]);
    demandSameInChunks(input, requests);
    const outcomes: string[] = [];
    const opened: Buffer[] = [];
    for (const request of requests) {
      if ('fault' in request) {
        outcomes.push(request.fault);
        break;
      }
      const { operation, frame, rewritten } = request;
      if (rewritten !== undefined)
        demand(
          Buffer.compare(rewritten.subarray(HEADER_BYTES), frame.body) === 0,
          `${operation} is written otherwise than it was read`,
        );
      if (operation === 'openList' && rewritten !== undefined) opened.push(idOf(frame.body));
      if (!MAKES_KEYS.has(operation)) outcomes.push(`${operation}:${await signer.answer(frame)}`);
    }
    // lists that are left open would stand in the way of the next input
    for (const id of opened)
      await signer.answer({ requestId: 0, kind: 20, body: Buffer.concat([id, Buffer.alloc(4)]) });
    return outcomes.slice(0, 2).join(' ') || 'half a frame';
  };
}

/** Behind the key's name. */
const idOf = (body: Buffer): Buffer => {
  const start = 2 + body.readUInt16BE(0);
  return body.subarray(start, start + 32);
};

const NAME = encodeName([
  attribute('C', 'JP'),
  attribute('O', 'JPKI-TEST'),
  attribute('OU', 'JPKI for digital signature'),
  attribute('OU', 'Agency'),
]);

function seedsFor(signer: OctetSigner): Uint8Array[] {
  const identifier = keyIdentifier(mustSucceed(parsePublicKeyInfo(signer.spki(KEY)), 'a key'));
  const spec = {
    signatureAlgorithm: signatureAlgorithm('rsa'),
    issuer: NAME,
    thisUpdate: NOW,
    nextUpdate: NOW + 86_400_000,
    extensions: [authorityKeyIdentifier({ keyIdentifier: identifier }), crlNumber(1n)],
  };
  const entries = [1, 2, 3].map((serial) => ({
    serial: serialNumber(serial),
    revokedAt: NOW - 1_000,
    reason: 'superseded' as const,
  }));
  const encoded = Buffer.from(encodeCrlEntries(entries));
  const { head, tail } = tbsCertListFrame(spec, encoded.length);
  const answer = encodeResponseData({
    responderKeyHash: identifier,
    producedAt: NOW,
    responses: [{ certId, status: { status: 'good' }, thisUpdate: NOW }],
  });
  const id = Buffer.alloc(32, 9);
  const header = JSON.stringify({ v: 1, kind: 'envelope', link: 'national>national:jpki', from: 'national' });
  const tbs = Buffer.from(rich.tbs);
  return [
    Buffer.concat([
      signer.frame('openList', { key: KEY, id, head: Buffer.from(head) }),
      signer.frame('extendList', { id, part: encoded }),
      signer.frame('signList', { id, part: Buffer.from(tail) }),
    ]),
    signer.frame('signCrl', { key: KEY, tbs: Buffer.from(encodeTbsCertList(spec, entries)) }),
    signer.frame('signOcsp', { key: KEY, tbs: Buffer.from(answer) }),
    ...['leaf', 'jpki-signature', 'jpki-authentication', 'jpki-signature-ca', 'jpki-ocsp-responder'].map(
      (profile) => signer.frame('signCertificate', { key: KEY, profile, tbs }),
    ),
    signer.frame('signEnvelope', { key: 'link/national', header: Buffer.from(header) }),
    signer.frame('signAcknowledgement', { key: 'link/national', header: Buffer.from(header) }),
    signer.frame('permute', { key: 'p', digits: 11, packed: Buffer.from('1234567890112345678902') }),
    signer.frame('unpermute', { key: 'p', digits: 11, packed: Buffer.from('12345678901') }),
    signer.frame('signCheckpoint', {
      key: KEY,
      origin: 'log.example/1',
      size: 5,
      rootHash: id,
      previousSize: 3,
      consistencyProof: [id, id],
    }),
    Buffer.concat([
      signer.frame('ping', undefined),
      signer.frame('health', undefined),
      signer.frame('listKeys', undefined),
      signer.frame('publicKey', { name: KEY }),
      signer.frame('deriveKey', { secret: 'd', label: 'national' }),
      signer.frame('lastCheckpoint', { origin: 'log.example/1' }),
      signer.frame('requestCertificate', { name: 'link/national' }),
      signer.frame('generateKey', { name: 'new', algorithm: 'p-256', uses: ['crl'] }),
    ]),
  ];
}

export async function makeTarget(): Promise<FuzzTarget> {
  const lints = { ...jpkiLints, certificate: { ...jpkiLints.certificate, leaf: certificateLint() } };
  const profiles = Object.keys(lints.certificate).map((profile) => `certificate:${profile}`);
  const folder = mkdtempSync(path.join(tmpdir(), 'fuzz-signer-'));
  const signer = await openOctetSigner(folder, lints, [
    [KEY, 'p-256', ...profiles, 'crl', 'ocsp'],
    ['link/national', 'ed25519', 'envelope', 'acknowledgement'],
    ['p', 'secret', 'permute', 'permute-inverse'],
    ['d', 'secret', 'derive'],
  ]);
  return {
    bytesMax: 16_384,
    guidedBy: ['/platform/signer/src/', '/platform/x509/src/lint/', '/systems/jpki/src/'],
    seeds: seedsFor(signer),
    mutate,
    feed: makeFeed(signer),
    close: async () => {
      await signer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
