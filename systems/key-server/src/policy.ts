/** The policy of the key server: the latest row that is in effect at the instant of the case. */
import type { Sql, Tx } from '@ishizue/db';

export interface KeyPolicy {
  readonly siteDays: number;
  readonly terminalDays: number;
  /** How long a site's old key is accepted beside its new one. */
  readonly overlapMinutes: number;
  readonly proposalHours: number;
}

export async function policyAt(sql: Sql | Tx, at: number): Promise<KeyPolicy> {
  const [row] = await sql<KeyPolicy[]>`
    SELECT site_days AS "siteDays", terminal_days AS "terminalDays", overlap_minutes AS "overlapMinutes",
           proposal_hours AS "proposalHours"
    FROM key_server.policy WHERE effective_from <= ${new Date(at)} ORDER BY effective_from DESC LIMIT 1`;
  if (!row) throw new Error('no policy of the key server is in effect');
  return row;
}
