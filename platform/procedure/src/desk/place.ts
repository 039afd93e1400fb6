/** Where a desk works: one procedure of one system at one site. */
import type { Sql } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import type { FileRewrite } from '../attachments/file-rewrite.ts';
import type { ProcedureVersions } from '../define/versions.ts';
import type { Moment } from './judge.ts';

export interface DeskPlace {
  /** The pool of the system's own role. */
  readonly sql: Sql;
  readonly site: string;
  readonly kind: number;
  readonly pseudonyms: Pseudonyms;
  readonly versions: ProcedureVersions;
  readonly context: unknown;
  /** By field, as `attach` names it. */
  readonly rewrites: Readonly<Record<string, FileRewrite>>;
  moment(): Moment;
}
