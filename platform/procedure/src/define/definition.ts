/**
 * A procedure as one typed definition: application → review → decision → record. Everything else (API, screens,
 * permissions, deadlines, notices, ledger entries, documentation) follows from it. The compiler holds moves to the states, roles,
 * deadlines, refusals and fields that are declared; what it cannot see, `checkDefinition` does.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { Result } from '@ishizue/outcome';
import type { Fields, FormValue, Words } from './field.ts';

/**
 * Who may make a move: the applicant (or a delegate), whoever holds the paper that the case is made with, holders of a role,
 * the clock, or the system's own program.
 */
export type Mover<Role extends string = string> =
  | 'applicant'
  | 'bearer'
  | 'clock'
  | 'system'
  | `role:${Role}`;

export interface StateFacts {
  readonly title: Words;
  /** Nothing leads out of it. */
  readonly closed?: true;
  /** The deadline that runs in this state; others stand still. */
  readonly deadline?: string;
}

export interface DeadlineFacts<Role extends string = string> {
  readonly title: Words;
  readonly days: number;
  /** Business days, or days of the calendar; the day on which it begins does not count (Civil Code 140), unless told. */
  readonly count: 'business' | 'calendar';
  /** The day on which it begins counts too (`…の日から起算して`); of calendar days. */
  readonly countsFirstDay?: true;
  /** Whose deadline it is. */
  readonly owner: 'applicant' | `role:${Role}`;
  /** Begins anew each time a state that names it is entered from one that does not; otherwise goes on with what was left. */
  readonly restarts?: true;
  /** What happens the day after: a move of the clock, or an alarm for the owner. */
  readonly passed: { readonly move: string } | { readonly alarm: Words };
}

/** A text with `{case}`, `{state}`, `{due}` and the move's own fields in braces. */
export interface Notice<Role extends string = string> {
  readonly to: 'applicant' | `role:${Role}`;
  readonly text: Words;
}

/** What is known of a case when it is judged and when the effect runs. Days are of Tokyo, `at` in milliseconds. */
export interface CaseFacts<Form, Record, Own, Prepared> {
  readonly caseId: number;
  /** '' where the case is being opened. */
  readonly state: string;
  /** Of the move that is being made, from 1. */
  readonly sequence: number;
  readonly openedOn: IsoDate;
  /** Of the deadline that runs before the move. */
  readonly dueOn: IsoDate | null;
  readonly today: IsoDate;
  readonly at: number;
  readonly subject: string;
  readonly applicant: string;
  readonly actor: string;
  /** For ledger entries that the definition writes itself. */
  readonly terminal: string;
  readonly correlation: string;
  /** As it is after the move. */
  readonly form: Form;
  /** Before the move for guard and sets, after it for the effect. */
  readonly record: Partial<Record>;
  readonly own: Own;
  readonly prepared: Prepared;
}

/** What the moves of one definition are made of. */
interface Parts {
  readonly form: Fields;
  readonly record: Fields;
  readonly state: string;
  readonly deadline: string;
  readonly refusal: string;
  readonly role: string;
  readonly context: unknown;
}

type FactsOf<P extends Parts, Own extends Fields, Prepared> = CaseFacts<
  FormValue<P['form']>,
  FormValue<P['record']>,
  FormValue<Own>,
  Prepared
>;

export interface MoveSpec<P extends Parts, Own extends Fields, Prepared> {
  readonly title: Words;
  /** `new` opens a case. */
  readonly from: 'new' | readonly P['state'][];
  readonly to: P['state'] | 'same';
  readonly by: readonly Mover<P['role']>[];
  /** The fields of the move itself: a reason, an amount. */
  readonly form?: Own;
  /** Fields of the case's form that the move gives anew. */
  readonly amends?: 'all' | readonly (keyof P['form'] & string)[];
  /** Four eyes: neither who made that move of the case last, nor for whom. */
  readonly differsFrom?: string;
  readonly extends?: { readonly deadline: P['deadline']; readonly days: number; readonly times: number };
  readonly notices?: readonly Notice<P['role']>[];
  /** The legal basis where it is not that of the procedure. */
  readonly basis?: string;
  /**
   * Asks others before anything is locked: an answer for each case in its order, or a refusal. It may run again, and what
   * it learns may be old when the effect runs.
   */
  readonly prepare?: (
    cases: readonly Omit<FactsOf<P, Own, undefined>, 'prepared' | 'sequence'>[],
    context: P['context'],
  ) => Promise<readonly Result<Prepared, P['refusal']>[]>;
  /** Of an opening, pure: whose data, where only `prepare` finds it out; '' where nobody's. Otherwise the procedure says it. */
  readonly subject?: (facts: FactsOf<P, Own, Prepared>) => string;
  /** Pure; answers why not. */
  readonly guard?: (facts: FactsOf<P, Own, Prepared>) => P['refusal'] | undefined;
  /** Pure; what the move fixes in the record. */
  readonly sets?: (facts: FactsOf<P, Own, Prepared>) => Partial<FormValue<P['record']>>;
  /**
   * Changes the system's tables, for all cases at once, in the transaction of the move. Cases that it refuses do not move,
   * and it must have changed nothing for them.
   */
  readonly effect?: (
    tx: Tx,
    cases: readonly FactsOf<P, Own, Prepared>[],
    context: P['context'],
  ) => Promise<ReadonlyMap<number, P['refusal']> | undefined | void>;
}

/** A closed case whose last day is over, as the system is asked about it. */
export interface KeptCase<Record = AnyForm> {
  readonly caseId: number;
  readonly state: string;
  readonly subject: string;
  readonly record: Partial<Record>;
}

/**
 * How long what a closed case says is kept. Afterwards it is only that it was, and how it went
 * (docs/flows/case-retention.md).
 */
export interface KeptFacts<State extends string, Record, Context> {
  /** From the day on which it closed. */
  readonly years: number;
  /** Closed states after which it is another number of years. */
  readonly after?: Readonly<Partial<{ [S in State]: number }>>;
  /** Where the years are from, or that they are decided here. */
  readonly source: string;
  /** Which of these the system still needs, and until which day at least, today or later; they are looked at again then. */
  readonly needed?: (
    tx: Tx,
    cases: readonly KeptCase<Record>[],
    context: Context,
  ) => Promise<ReadonlyMap<number, IsoDate>>;
  /** Takes what the system itself keeps of these cases, in the transaction; answers how many of what. */
  readonly effect?: (
    tx: Tx,
    cases: readonly KeptCase<Record>[],
    context: Context,
  ) => Promise<Readonly<globalThis.Record<string, number>>>;
}

/** `KeptFacts` as the engine uses them. */
export interface Kept {
  readonly years: number;
  readonly after?: Readonly<Record<string, number | undefined>>;
  readonly source: string;
  needed?(tx: Tx, cases: readonly KeptCase[], context: unknown): Promise<ReadonlyMap<number, IsoDate>>;
  effect?(tx: Tx, cases: readonly KeptCase[], context: unknown): Promise<Readonly<Record<string, number>>>;
}

/** A value of fields whose types are forgotten. */
export type AnyForm = Readonly<Record<string, unknown>>;
export type AnyFacts = CaseFacts<AnyForm, Record<string, unknown>, AnyForm, unknown>;
export type AskedFacts = Omit<AnyFacts, 'prepared' | 'sequence'>;

/** A move as the engine uses it: types of values are forgotten. Methods, so that moves of every type are of this one. */
export interface Move {
  readonly title: Words;
  readonly from: 'new' | readonly string[];
  readonly to: string;
  readonly by: readonly Mover[];
  readonly form?: Fields;
  readonly amends?: 'all' | readonly string[];
  readonly differsFrom?: string;
  readonly extends?: { readonly deadline: string; readonly days: number; readonly times: number };
  readonly notices?: readonly Notice[];
  readonly basis?: string;
  prepare?(cases: readonly AskedFacts[], context: unknown): Promise<readonly Result<unknown>[]>;
  subject?(facts: AnyFacts): string;
  guard?(facts: AnyFacts): string | undefined;
  sets?(facts: AnyFacts): AnyForm;
  // oxlint-disable-next-line no-invalid-void-type -- an effect that refuses nobody answers nothing
  effect?(
    tx: Tx,
    cases: readonly AnyFacts[],
    context: unknown,
  ): Promise<ReadonlyMap<number, string> | undefined | void>;
}

/** Whether a move has at least one of some parts. */
export const hasPart = (move: Move, ...parts: readonly (keyof Move)[]): boolean =>
  parts.some((part) => move[part] !== undefined);

/** What is said of a procedure besides its moves. */
export interface ProcedureFacts<
  F extends Fields,
  R extends Fields,
  S extends string,
  L extends string,
  C extends string,
  O extends string,
  Context,
> {
  /** kebab-case, at most 30 characters: it begins the affair of ledger entries. */
  readonly id: string;
  readonly title: Words;
  /** The legal basis, for the ledger. */
  readonly basis: string;
  /** The first day of this version, and where its rules are from. */
  readonly validFrom: IsoDate;
  readonly source: string;
  readonly roles: Readonly<Record<O, Words>>;
  /** Whose data it is about: the key under which the system knows them; '' where it knows nobody. */
  readonly subject: {
    readonly title: Words;
    of(facts: { readonly form: FormValue<F>; readonly applicant: string }): string;
  };
  readonly form: F;
  readonly record?: R;
  readonly states: Readonly<Record<S, StateFacts>>;
  readonly deadlines?: Readonly<Record<L, DeadlineFacts<NoInfer<O>>>>;
  readonly kept: KeptFacts<NoInfer<S>, FormValue<NoInfer<R>>, Context>;
  /** The codes that the definition's own rules give, in words. */
  readonly refusals?: Readonly<Record<C, Words>>;
  /** Fields of the form that the inbox shows. */
  readonly inbox?: readonly (keyof F & string)[];
}

/** A definition as the engine uses it. `Context` is what its effects are given. */
export interface Definition<Context = never> {
  readonly id: string;
  readonly title: Words;
  readonly basis: string;
  readonly validFrom: IsoDate;
  readonly source: string;
  readonly roles: Readonly<Record<string, Words>>;
  readonly subject: { readonly title: Words; of(facts: { form: AnyForm; applicant: string }): string };
  readonly form: Fields;
  readonly record: Fields;
  readonly states: Readonly<Record<string, StateFacts>>;
  readonly deadlines: Readonly<Record<string, DeadlineFacts>>;
  readonly kept: Kept;
  readonly refusals: Readonly<Record<string, Words>>;
  readonly inbox: readonly string[];
  readonly moves: Readonly<Record<string, Move>>;
  /** For the compiler only. */
  readonly '~context'?: (context: Context) => void;
}

// oxlint-disable-next-line no-generated-empty-object-type -- no fields are meant: nothing may be read of them
type NoFields = Readonly<Record<never, never>>;

/**
 * Declares a procedure: `defineProcedure<Context>()(facts, (move) => ({ apply: move({ … }) }))`. The first call is there
 * because the context is named and everything else is inferred.
 */
export const defineProcedure =
  <Context = undefined>() =>
  <
    const F extends Fields,
    const S extends string,
    const O extends string,
    const R extends Fields = NoFields,
    const L extends string = never,
    const C extends string = never,
  >(
    facts: ProcedureFacts<F, R, S, L, C, O, Context>,
    movesOf: (
      move: <const Own extends Fields = NoFields, Prepared = undefined>(
        spec: MoveSpec<
          { form: F; record: R; state: S; deadline: L; refusal: C; role: O; context: Context },
          Own,
          Prepared
        >,
      ) => Move,
    ) => Readonly<Record<string, Move>>,
  ): Definition<Context> => ({
    ...facts,
    record: facts.record ?? {},
    deadlines: facts.deadlines ?? {},
    refusals: facts.refusals ?? {},
    inbox: facts.inbox ?? [],
    moves: movesOf((spec) => spec),
  });
