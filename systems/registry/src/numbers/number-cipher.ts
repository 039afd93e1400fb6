/**
 * Individual numbers as the registry holds and sends them: sealed (番号法 art. 12, 20; docs/decisions/0010). One opaque token a
 * number, the same at every site of an installation, so that equality, uniqueness and the digests of a comparison work
 * on it; without the key it leads to no number. Numbers are sealed where they come in and opened where they go out.
 */
import { z } from 'zod';
import { ShortSiv } from './short-siv.ts';

/** 21 bytes of AES-SIV over the number as 40 bits, in base64url. */
export const sealedNumber = z
  .string()
  .regex(/^[A-Za-z0-9_-]{28}$/)
  .brand<'SealedNumber'>();

/** An individual number that nobody reads without the key. */
export type SealedNumber = z.infer<typeof sealedNumber>;

/** A number as the law writes it; a sealed one is none. */
export type ClearNumber = string & { readonly [z.$brand]?: never };

export const clearNumber: z.ZodType<ClearNumber, ClearNumber> = z.string().regex(/^\d{12}$/);

/** The same with its number in clear. */
export type Opened<Row> = Omit<Row, 'individualNumber'> & { readonly individualNumber: ClearNumber | null };
/** The same with its number sealed. */
export type Sealed<Row> = Omit<Row, 'individualNumber'> & { readonly individualNumber: SealedNumber | null };

/** Derives 32 bytes from the installation's secret of numbers by a label; the signer does. */
export type DeriveSealingKey = (label: string) => Promise<Buffer>;

const PURPOSE = Buffer.from('ishizue/registry/individual-number/v1');
const NUMBER_BYTES = 5; // 10^12 < 2^40
const TOKEN_CHARACTERS = 28;
const CLEAR = /^\d{12}$/;
const TOKENS = /^[A-Za-z0-9_-]*$/;

export class NumberCipher {
  readonly #siv: ShortSiv;

  private constructor(key: Buffer) {
    this.#siv = new ShortSiv(key, PURPOSE, NUMBER_BYTES);
  }

  /** Asks for both halves of the key; they stay for good. */
  static async open(derive: DeriveSealingKey): Promise<NumberCipher> {
    return new NumberCipher(Buffer.concat([await derive('siv/v1/mac'), await derive('siv/v1/ctr')]));
  }

  /** Tokens in the order of the numbers. @throws where one is not twelve digits */
  sealAll(numbers: readonly ClearNumber[]): readonly SealedNumber[] {
    if (numbers.length === 0) return [];
    const texts = Buffer.allocUnsafe(numbers.length * NUMBER_BYTES);
    for (const [nth, number] of numbers.entries()) {
      if (!CLEAR.test(number)) throw new Error('what is to be sealed is no individual number');
      texts.writeUIntBE(Number(number), nth * NUMBER_BYTES, NUMBER_BYTES);
    }
    const text = this.#siv.seal(texts).toString('base64url');
    return numbers.map((_, nth) =>
      sealedNumber.parse(text.slice(nth * TOKEN_CHARACTERS, (nth + 1) * TOKEN_CHARACTERS)),
    );
  }

  /** Numbers in the order of the tokens. @throws where one was altered, or is of another installation */
  openAll(tokens: readonly SealedNumber[]): readonly ClearNumber[] {
    if (tokens.length === 0) return [];
    const text = tokens.join('');
    if (!tokens.every(({ length }) => length === TOKEN_CHARACTERS) || !TOKENS.test(text))
      throw new Error('what is to be opened is no sealed number');
    const texts = this.#siv.open(Buffer.from(text, 'base64url'));
    if (!texts) throw new Error('a sealed number was altered, or sealed under another key');
    return tokens.map((_, nth) =>
      String(texts.readUIntBE(nth * NUMBER_BYTES, NUMBER_BYTES)).padStart(12, '0'),
    );
  }

  seal(number: ClearNumber): SealedNumber {
    const [token] = this.sealAll([number]);
    if (token === undefined) throw new Error('a number was not sealed');
    return token;
  }

  open(token: SealedNumber): ClearNumber {
    return this.openAll([token])[0] ?? '';
  }

  /** A row on its way out, with its number in clear. */
  openRow<Row extends { readonly individualNumber: SealedNumber | null }>(row: Row): Opened<Row> {
    return {
      ...row,
      individualNumber: row.individualNumber === null ? null : this.open(row.individualNumber),
    };
  }

  /** Rows on their way in, with their numbers sealed. */
  sealIn<Row extends { readonly individualNumber: ClearNumber | null }>(
    rows: readonly Row[],
  ): readonly Sealed<Row>[] {
    const tokens = this.sealAll(numbersIn(rows)).values();
    return rows.map((row) => ({ ...row, individualNumber: nextFor(row, tokens) }));
  }

  /** Rows on their way out, with their numbers in clear. */
  openIn<Row extends { readonly individualNumber: SealedNumber | null }>(
    rows: readonly Row[],
  ): readonly Opened<Row>[] {
    const numbers = this.openAll(numbersIn(rows)).values();
    return rows.map((row) => ({ ...row, individualNumber: nextFor(row, numbers) }));
  }
}

const numbersIn = <N extends string>(rows: readonly { readonly individualNumber: N | null }[]): N[] =>
  rows.flatMap(({ individualNumber }) => (individualNumber === null ? [] : [individualNumber]));

/** The next of those that were made for the rows that have a number. */
function nextFor<N extends string>(
  { individualNumber }: { readonly individualNumber: string | null },
  made: Iterator<N>,
): N | null {
  if (individualNumber === null) return null;
  const { value, done } = made.next();
  if (done) throw new Error('a number was lost');
  return value;
}
