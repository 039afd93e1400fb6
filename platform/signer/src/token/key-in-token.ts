/** A key that is in a token: what is signed is hashed here, as it comes, and the hash is signed there. */
import type { PartsSigning, Signed } from '../signing.ts';
import type { Token } from './token.ts';
import { type TokenAlgorithm, tokenHash } from './token-algorithm.ts';

export class KeyInToken {
  readonly #token: Token;
  readonly #algorithm: TokenAlgorithm;
  readonly #id: Buffer;

  constructor(token: Token, algorithm: TokenAlgorithm, id: Buffer) {
    this.#token = token;
    this.#algorithm = algorithm;
    this.#id = id;
  }

  sign(data: Buffer): Signed {
    return this.#token.sign(this.#algorithm, this.#id, tokenHash(this.#algorithm).update(data).digest());
  }

  signParts(): PartsSigning {
    const hash = tokenHash(this.#algorithm);
    const update = (part: Buffer): boolean => {
      hash.update(part);
      return true;
    };
    return { update, sign: () => this.#token.sign(this.#algorithm, this.#id, hash.digest()) };
  }
}
