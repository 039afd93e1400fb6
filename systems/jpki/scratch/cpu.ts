import { readdirSync, readFileSync } from 'node:fs';
export function treeCpu() {
  const stat = new Map<number, { ppid: number; ms: number; name: string }>();
  for (const d of readdirSync('/proc')) { if (!/^\d+$/.test(d)) continue; try { const t = readFileSync(`/proc/${d}/stat`, 'utf8'); const name = t.slice(t.indexOf('(') + 1, t.lastIndexOf(')')); const f = t.slice(t.lastIndexOf(')') + 2).split(' '); stat.set(Number(d), { ppid: Number(f[1]), ms: (Number(f[11]) + Number(f[12])) * 10, name }); } catch {} }
  const mine = (pid: number): boolean => { for (let p: number | undefined = pid; p && p > 1; p = stat.get(p)?.ppid) if (p === process.pid) return true; return false; };
  const sums: Record<string, number> = {};
  for (const [pid, s] of stat) if (mine(pid)) { const k = pid === process.pid ? 'self' : s.name.startsWith('postgres') ? 'postgres' : s.name; sums[k] = (sums[k] ?? 0) + s.ms; }
  return sums;
}
export const diff = (a: Record<string, number>, b: Record<string, number>, n: number) => Object.fromEntries(Object.keys(b).map((k) => [k, (((b[k] ?? 0) - (a[k] ?? 0)) / n).toFixed(3)]));
