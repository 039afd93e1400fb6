/**
 * A growing run of UTF-16 code units that becomes one flat string. The comparison keys are built a million at a time:
 * joining strings character by character leaves a rope to flatten for each of them, this leaves one allocation.
 * The units are read back as UTF-16LE, so the machine must be little-endian, as all that Node 24 is shipped for here are.
 */

const START_UNITS = 256;

/** Code units in order; `clear` makes it ready for the next text. */
export class CodeUnitBuffer {
  #units = new Uint16Array(START_UNITS);
  #bytes = Buffer.from(this.#units.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The last unit, 0 where there is none. */
  get last(): number {
    return this.#length === 0 ? 0 : (this.#units[this.#length - 1] ?? 0);
  }

  /** The unit at the index, 0 outside the run. */
  at(index: number): number {
    return index < this.#length ? (this.#units[index] ?? 0) : 0;
  }

  clear(): void {
    this.#length = 0;
  }

  push(unit: number): void {
    if (this.#length === this.#units.length) this.#grow();
    this.#units[this.#length++] = unit;
  }

  pushCodePoint(codePoint: number): void {
    if (codePoint < 0x10000) {
      this.push(codePoint);
      return;
    }
    this.push(0xd800 + ((codePoint - 0x10000) >>> 10));
    this.push(0xdc00 + (codePoint & 0x3ff));
  }

  replaceLast(unit: number): void {
    if (this.#length > 0) this.#units[this.#length - 1] = unit;
  }

  pop(): void {
    if (this.#length > 0) this.#length--;
  }

  toString(): string {
    return this.#bytes.toString('utf16le', 0, this.#length * 2);
  }

  #grow(): void {
    const larger = new Uint16Array(this.#units.length * 2);
    larger.set(this.#units);
    this.#units = larger;
    this.#bytes = Buffer.from(larger.buffer);
  }
}
