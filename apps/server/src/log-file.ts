/**
 * The server's log on disk: ten files of 20 MB at most, `server.log` the newest, closed to other users. Lines that come
 * while a write is under way go together in the next one. Invariant: a disk that is full or gone loses lines, never the
 * server, and never more memory than the bound.
 */
import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';

export interface LogFileOptions {
  /** Bytes after which the file is set aside. */
  readonly fileBytesMax?: number;
  /** How many files there are, with the one that is written. */
  readonly filesMax?: number;
}

const FILE_BYTES_MAX = 20_000_000;
const FILES_MAX = 10;
const WAITING_CHARACTERS_MAX = 4_000_000;
const OPENED_AGAIN_AFTER_MS = 10_000;
const MODE = 0o600;

export class LogFile {
  readonly #path: string;
  readonly #options: Required<LogFileOptions>;
  #stream: RotatingFileStream | undefined;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #lost = 0;
  #isWriting = false;
  #brokenAt: number | undefined;

  /** Nothing is opened before the first line. */
  constructor(file: string, options: LogFileOptions = {}) {
    this.#path = file;
    this.#options = { fileBytesMax: FILE_BYTES_MAX, filesMax: FILES_MAX, ...options };
  }

  /** Lines that were not written, because the disk did not take them or came behind. */
  get lost(): number {
    return this.#lost;
  }

  write(line: string): void {
    if (this.#waitingCharacters + line.length > WAITING_CHARACTERS_MAX) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    this.#flush();
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    const stream = this.#stream;
    if (!stream) return;
    await new Promise<void>((resolve) => {
      stream.once('close', () => resolve());
      stream.end(this.#take());
    });
  }

  #flush(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    const stream = this.#openStream();
    if (!stream) {
      this.#drop();
      return;
    }
    this.#isWriting = true;
    const lines = this.#waiting.length;
    stream.write(this.#take(), (error) => {
      if (error) this.#lost += lines;
      this.#isWriting = false;
      if (!error && !stream.writableEnded) this.#flush();
    });
  }

  #take(): string {
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#waitingCharacters = 0;
    return text;
  }

  #drop(): void {
    this.#lost += this.#waiting.length;
    this.#take();
  }

  #openStream(): RotatingFileStream | undefined {
    if (this.#stream) return this.#stream;
    if (this.#brokenAt !== undefined && performance.now() - this.#brokenAt < OPENED_AGAIN_AFTER_MS)
      return undefined;
    const { fileBytesMax, filesMax } = this.#options;
    const name = path.basename(this.#path);
    if (existsSync(this.#path)) chmodSync(this.#path, MODE);
    const stream = createStream((index) => (index ? `${name}.${String(index)}` : name), {
      path: path.dirname(this.#path),
      size: `${fileBytesMax}B`,
      rotate: filesMax - 1,
      mode: MODE,
    });
    stream.on('error', () => {
      this.#stream = undefined;
      this.#isWriting = false;
      this.#brokenAt = performance.now();
    });
    this.#stream = stream;
    return stream;
  }
}
