/**
 * Groups what many callers ask at once into few pieces of work: one transaction, or one query, for all who wait. Nobody
 * waits for others to come: while nothing is under way an item goes alone. What waits is as many items as there are
 * callers, whom the edge of the house bounds.
 */
export interface BatchOptions<Item, Outcome> {
  /** Does the work; one outcome for each item, in order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  readonly itemsMax: number;
  /** Batches under way at the same time. */
  readonly atOnce: number;
  /** Items that share a key never go together: the later one waits for the next batch. */
  readonly keysOf?: (item: Item) => readonly string[];
  /** Items of one owner may go together, but not in two batches at once, which would wait for each other. */
  readonly ownerOf?: (item: Item) => string;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export class Batches<Item, Outcome> {
  readonly #options: BatchOptions<Item, Outcome>;
  #waiting: Waiting<Item, Outcome>[] = [];
  readonly #owners = new Set<string>();
  #running = 0;
  #isStarting = false;

  constructor(options: BatchOptions<Item, Outcome>) {
    this.#options = options;
  }

  /** The item's outcome, from a batch that begins after this call. */
  add(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#isStarting) return;
      this.#isStarting = true;
      // whoever else asks in this turn of the event loop comes along
      setImmediate(() => {
        this.#isStarting = false;
        this.#start();
      });
    });
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#running < this.#options.atOnce) {
      const batch = this.#take();
      if (batch.length === 0) return; // all of them wait for what is under way
      const { ownerOf } = this.#options;
      const owners = ownerOf ? batch.map(({ item }) => ownerOf(item)) : [];
      for (const owner of owners) this.#owners.add(owner);
      this.#running++;
      void this.#run(batch).finally(() => {
        this.#running--;
        for (const owner of owners) this.#owners.delete(owner);
        this.#start();
      });
    }
  }

  #take(): readonly Waiting<Item, Outcome>[] {
    const { itemsMax, keysOf = () => [], ownerOf } = this.#options;
    const keys = new Set<string>();
    const taken: Waiting<Item, Outcome>[] = [];
    const left: Waiting<Item, Outcome>[] = [];
    for (const waiting of this.#waiting) {
      const isFree = taken.length < itemsMax && !(ownerOf && this.#owners.has(ownerOf(waiting.item)));
      const own = isFree ? keysOf(waiting.item) : undefined;
      if (own === undefined || own.some((key) => keys.has(key))) left.push(waiting);
      else taken.push(waiting);
      for (const key of own ?? []) keys.add(key);
    }
    this.#waiting = left;
    return taken;
  }

  async #run(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#options.run(batch.map(({ item }) => item));
      for (const [index, outcome] of outcomes.entries()) batch[index]?.resolve(outcome);
    } catch (error) {
      // one that cannot be done must not take the others along
      if (batch.length > 1) for (const waiting of batch) await this.#run([waiting]);
      else for (const { reject } of batch) reject(error);
    }
  }
}
