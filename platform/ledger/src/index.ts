export { type Checkpoint, formatCheckpoint, openCheckpoint, parseCheckpoint } from './tree/checkpoint.ts';
export { decodeEntryBundle, encodeEntryBundle, LEAF_BYTES_MAX } from './tree/entry-bundle.ts';
export type { TreeCode } from './tree/failure-codes.ts';
export { GrowingTree } from './tree/growing-tree.ts';
export { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash } from './tree/hashes.ts';
export {
  formatProofFile,
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
