/**
 * The refusals of the pure part. Stable: programs and people outside match on them.
 *
 * - `index-outside`: the leaf's index is not below the tree's size
 * - `tree-shrank`: the newer tree is smaller than the older one
 * - `proof-length`: the proof has too many or too few hashes for these sizes, or one that is not 32 bytes
 * - `root-differs`: the hashes do not lead to the root
 * - `note-malformed`, `checkpoint-malformed`, `key-malformed`, `proof-file-malformed`, `path-malformed`,
 *   `bundle-malformed`, `leaf-malformed`: not what the format's specification says
 * - `key-unknown`: no signature of the note is by a known key
 * - `signature-invalid`: a signature that claims a known key does not verify
 */
export type TreeCode =
  | 'index-outside'
  | 'tree-shrank'
  | 'proof-length'
  | 'root-differs'
  | 'note-malformed'
  | 'checkpoint-malformed'
  | 'key-malformed'
  | 'key-unknown'
  | 'signature-invalid'
  | 'proof-file-malformed'
  | 'path-malformed'
  | 'bundle-malformed'
  | 'leaf-malformed';
