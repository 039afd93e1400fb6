/** Groups of nodes that reach one another (Tarjan's strongly connected components), without recursion. */

export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Each group of two and more, and each node with an arrow to itself; nodes in the order of the graph. */
export function findCycles(graph: Graph): readonly (readonly string[])[] {
  const search = new Search(graph);
  for (const node of graph.keys()) search.visit(node);
  return search.cycles;
}

interface Visit {
  readonly node: string;
  readonly rest: Iterator<string>;
}

class Search {
  readonly cycles: string[][] = [];
  readonly #graph: Graph;
  readonly #order = new Map<string, number>();
  readonly #lowest = new Map<string, number>();
  readonly #path: string[] = [];
  readonly #onPath = new Set<string>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  visit(start: string): void {
    if (this.#order.has(start)) return;
    const visits = [this.#enter(start)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const next = visit.rest.next();
      if (next.done === true) {
        visits.pop();
        this.#leave(visit.node, visits.at(-1)?.node);
      } else if (!this.#order.has(next.value)) visits.push(this.#enter(next.value));
      else if (this.#onPath.has(next.value)) this.#lower(visit.node, this.#order.get(next.value) ?? 0);
    }
  }

  #enter(node: string): Visit {
    this.#lowest.set(node, this.#order.size);
    this.#order.set(node, this.#order.size);
    this.#path.push(node);
    this.#onPath.add(node);
    return { node, rest: (this.#graph.get(node) ?? new Set<string>()).values() };
  }

  #leave(node: string, parent: string | undefined): void {
    const lowest = this.#lowest.get(node) ?? 0;
    if (parent !== undefined) this.#lower(parent, lowest);
    if (lowest !== this.#order.get(node)) return;
    const group = this.#path.splice(this.#path.indexOf(node));
    for (const member of group) this.#onPath.delete(member);
    if (group.length > 1 || this.#graph.get(node)?.has(node)) this.cycles.push(group);
  }

  #lower(node: string, to: number): void {
    this.#lowest.set(node, Math.min(this.#lowest.get(node) ?? to, to));
  }
}
