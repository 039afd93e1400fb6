export { type Access, type AccessPage, accessesOf, type JointPlace } from './accesses.ts';
export { type AuditFinding, type AuditOutcome, type AuditReport, audit } from './audit.ts';
export type { AuditCode } from './audit-leaf.ts';
export { checkpointAt, latestCheckpoint, type SignedCheckpoint } from './checkpoint-store.ts';
export { consistencyProof } from './consistency-proof.ts';
export {
  countEntries,
  type EntryCount,
  type EntryPage,
  entriesOfAffairs,
} from './entries-of-affairs.ts';
export type { Position } from './entry-rows.ts';
export { type ActorKind, decodeLeaf, encodeLeaf, type LedgerEntry, type RecordedEntry } from './leaf.ts';
export { ledgerSchema } from './ledger-schema.ts';
export { type PseudonymKeyOf, Pseudonyms } from './pseudonyms.ts';
export { type RaiseEraCode, raiseEra } from './raise-era.ts';
export { type AlikeEntries, type OwnPart, recordAlike } from './record-alike.ts';
export { ENTRIES_MAX, recordEntries, recordEntry } from './record-entries.ts';
export { type SealCode, type SealReport, seal } from './seal.ts';
export { readEntryBundle, readTile } from './serve-log.ts';
export type { CheckpointSignature, CheckpointSigner, RefusedSite, SignRequest } from './sign-checkpoints.ts';
export { type Checkpoint, formatCheckpoint, openCheckpoint, parseCheckpoint } from './tree/checkpoint.ts';
export { decodeEntryBundle, encodeEntryBundle, LEAF_BYTES_MAX } from './tree/entry-bundle.ts';
export type { TreeCode } from './tree/failure-codes.ts';
export { GrowingTree } from './tree/growing-tree.ts';
export { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash } from './tree/hashes.ts';
export {
  formatProofFile,
  type JointProof,
  type ProofFile,
  type ProvenLeaf,
  parseProofFile,
  verifyProofFile,
} from './tree/proof-file.ts';
export {
  consistencyProofFromTiles,
  inclusionProof,
  rootFromTiles,
  tilesOfConsistency,
  tilesOfInclusion,
  tilesOfRoot,
} from './tree/proofs.ts';
export {
  formatNote,
  formatVerifierKey,
  type Note,
  type NoteSignature,
  noteKeyId,
  openNote,
  parseNote,
  parseVerifierKey,
  type VerifiedNote,
  type VerifierKey,
  verifyNoteSignature,
} from './tree/signed-note.ts';
export { type LogResource, logPath, parseLogPath } from './tree/tile-paths.ts';
export { TILE_WIDTH, type Tile, type TileAddress, TileSet } from './tree/tiles.ts';
export {
  type ConsistencyClaim,
  type ProofCode,
  verifyConsistency,
  verifyInclusion,
} from './tree/verify-proofs.ts';
