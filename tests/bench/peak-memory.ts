/**
 * The greatest memory of processes. Of a living process the kernel keeps it (VmHWM); where it does not, the rusage's figure
 * stands in. What PostgreSQL uses is sampled: private memory of all its processes, and the shared buffers once.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';

const KIB_IN_MIB = 1024;
const BYTES_IN_MIB = 1024 * 1024;
const SAMPLE_MS = 250;

/** The greatest resident memory of this process since it began, in MiB. */
export function peakMiB(): number {
  return peakOfProcess('self') ?? process.resourceUsage().maxRSS / KIB_IN_MIB;
}

/** The greatest resident memory of a living process, in MiB; undefined where nobody says. */
export function peakOfProcess(pid: number | 'self'): number | undefined {
  const peak_kib = statusOf(pid).get('VmHWM');
  return peak_kib === undefined ? undefined : peak_kib / KIB_IN_MIB;
}

/** Forgets the greatest memory of a living process up to now, where the kernel lets us (Linux, own processes). */
export function resetPeak(pid: number | 'self'): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // then the peak is that since its beginning
  }
}

/** Samples what the kernel keeps no greatest value of. */
export class MemoryWatch {
  readonly #postmaster: number | undefined;
  readonly #timer: NodeJS.Timeout;
  heapMiB = 0;
  databaseMiB = 0;

  /** @param postmaster PostgreSQL's process id where it is to be watched too */
  constructor(postmaster: number | undefined) {
    this.#postmaster = postmaster;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
    this.#timer.unref();
  }

  #sample(): void {
    this.heapMiB = Math.max(this.heapMiB, getHeapStatistics().used_heap_size / BYTES_IN_MIB);
    if (this.#postmaster !== undefined)
      this.databaseMiB = Math.max(this.databaseMiB, databaseMiB(this.#postmaster));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#sample();
  }
}

function databaseMiB(postmaster: number): number {
  let private_kib = 0;
  let shared_kib = 0;
  for (const pid of [postmaster, ...childrenOf(postmaster)]) {
    const status = statusOf(pid);
    private_kib += status.get('RssAnon') ?? 0;
    shared_kib = Math.max(shared_kib, status.get('RssShmem') ?? 0);
  }
  return (private_kib + shared_kib) / KIB_IN_MIB;
}

function childrenOf(pid: number): readonly number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** The lines of /proc/PID/status that have a size, in KiB. */
function statusOf(pid: number | 'self'): ReadonlyMap<string, number> {
  const lines = textOf(`/proc/${pid}/status`).matchAll(/^(\w+):\s+(\d+) kB$/gm);
  return new Map([...lines].map(([, name, size]) => [name ?? '', Number(size)]));
}

/** Empty where the process is gone, or the machine has no /proc. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
