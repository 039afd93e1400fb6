/**
 * Getting checkpoints signed: the signer is asked with a proof that the tree only grew, and its signature is verified
 * before it is stored. Asking twice for the same size is harmless: the root is the same, for it was stored first.
 */
import type { Sql } from '@ishizue/db';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { storeNotes, type UnsignedCheckpoint, unsignedCheckpoints } from './checkpoint-store.ts';
import { readTiles } from './tile-store.ts';
import { formatCheckpoint } from './tree/checkpoint.ts';
import { consistencyProofFromTiles, tilesOfConsistency } from './tree/proofs.ts';
import { formatNote, noteKeyId, type VerifierKey, verifyNoteSignature } from './tree/signed-note.ts';
import { TileSet } from './tree/tiles.ts';

/** What the signer is asked. */
export interface SignRequest {
  readonly site: string;
  readonly origin: string;
  readonly size: number;
  readonly rootHash: Buffer;
  /** The newest size that the ledger knows to be signed; 0 for the first checkpoint. */
  readonly previousSize: number;
  /** From `previousSize` to `size`. */
  readonly consistencyProof: readonly Buffer[];
}

/** What the signer answers: the Ed25519 signature over `formatCheckpoint`, and by which key. */
export interface CheckpointSignature {
  readonly key: VerifierKey;
  readonly signature: Uint8Array;
}

/** Who signs the checkpoints: in the house, the signer process. */
export interface CheckpointSigner {
  /** The origin of a site's log: its URL without the scheme. */
  originOf(site: string): string;
  /** Signs, or refuses. It must sign the same size and root again, and must refuse any other root for that size. */
  sign(request: SignRequest): Promise<Result<CheckpointSignature>>;
}

/** A site whose checkpoint was not signed, and why; it is asked for again at the next sealing. */
export interface RefusedSite {
  readonly site: string;
  readonly size: number;
  readonly failure: Failure;
}

const SITES_AT_ONCE = 256;
const REQUESTS_AT_ONCE = 8;

/**
 * Signs what waits for a signature. Throws only where the signer throws; what was signed until then is kept.
 * @param sites only the checkpoints of these sites; of all where absent
 */
export async function signCheckpoints(
  sql: Sql,
  signer: CheckpointSigner,
  sites?: readonly string[],
): Promise<{ readonly signed: readonly UnsignedCheckpoint[]; readonly refused: readonly RefusedSite[] }> {
  const signed: UnsignedCheckpoint[] = [];
  const refused: RefusedSite[] = [];
  let afterSite = '';
  for (;;) {
    const waiting = await unsignedCheckpoints(sql, afterSite, SITES_AT_ONCE, sites);
    const last = waiting.at(-1);
    if (!last) return { signed, refused };
    afterSite = last.site;
    const requests = await requestsFor(sql, waiting, signer);
    for (let at = 0; at < requests.length; at += REQUESTS_AT_ONCE) {
      const some = requests.slice(at, at + REQUESTS_AT_ONCE);
      const answers = await Promise.all(some.map((request) => noteFor(request, signer)));
      const notes: { site: string; size: number; note: string }[] = [];
      for (const [index, answer] of answers.entries()) {
        const checkpoint = waiting[at + index];
        if (!checkpoint) throw new Error('more answers than requests');
        const { site, size } = checkpoint;
        if (answer.ok) {
          notes.push({ site, size, note: answer.value });
          signed.push(checkpoint);
        } else {
          refused.push({ site, size, failure: answer.failure });
        }
      }
      await storeNotes(sql, notes);
    }
  }
}

async function requestsFor(
  sql: Sql,
  waiting: readonly UnsignedCheckpoint[],
  signer: CheckpointSigner,
): Promise<readonly SignRequest[]> {
  const tiles = await readTiles(
    sql,
    waiting.flatMap(({ site, size, previousSize }) =>
      tilesOfConsistency(previousSize, size).map((tile) => ({ ...tile, site })),
    ),
  );
  return waiting.map(({ site, size, root, previousSize }) => ({
    site,
    origin: signer.originOf(site),
    size,
    rootHash: root,
    previousSize,
    consistencyProof: consistencyProofFromTiles(previousSize, size, new TileSet(tiles.get(site) ?? [])),
  }));
}

async function noteFor(request: SignRequest, signer: CheckpointSigner): Promise<Result<string>> {
  const answer = await signer.sign(request);
  if (!answer.ok) return answer;
  const { key, signature } = answer.value;
  const text = formatCheckpoint(request);
  if (!verifyNoteSignature(text, signature, key))
    return fail('signature-invalid', `the signer’s signature for ${request.origin} does not verify`);
  return ok(formatNote({ text, signatures: [{ name: key.name, keyId: noteKeyId(key), signature }] }));
}
