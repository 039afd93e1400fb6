/**
 * Dated rules: law changes, and a case is decided by the rule in force on the date of the case, never on the date
 * of the code. A rule set is a list of versions, each with its first day, its last day (or none) and its source.
 */
import type { IsoDate } from '@ishizue/clock';

/** One version of a rule: in force from `validFrom` to `validTo`, both inclusive; `source` cites the article. */
export interface DatedRule<Rule> {
  readonly validFrom: IsoDate;
  readonly validTo?: IsoDate;
  readonly source: string;
  readonly rule: Rule;
}

/** The versions of one rule, checked at construction to be in order and without overlap. */
export class DatedRules<Rule> {
  readonly name: string;
  readonly versions: readonly DatedRule<Rule>[];

  constructor(name: string, versions: readonly DatedRule<Rule>[]) {
    for (const [index, version] of versions.entries()) {
      if (version.validTo !== undefined && version.validTo < version.validFrom)
        throw new Error(`${name}: the version of ${version.validFrom} ends before it begins`);
      const next = versions[index + 1];
      if (next && (version.validTo === undefined || version.validTo >= next.validFrom))
        throw new Error(`${name}: the versions of ${version.validFrom} and ${next.validFrom} overlap`);
    }
    this.name = name;
    this.versions = versions;
  }

  /** The version in force on the date of the case, or undefined where the law had none. */
  find(caseDate: IsoDate): DatedRule<Rule> | undefined {
    return this.versions.find(
      (version) =>
        version.validFrom <= caseDate && (version.validTo === undefined || caseDate <= version.validTo),
    );
  }

  /** The rule in force on the date of the case; throws where there is none, for cases that the caller has bounded. */
  get(caseDate: IsoDate): Rule {
    const found = this.find(caseDate);
    if (!found) throw new Error(`${this.name}: no rule is in force on ${caseDate}`);
    return found.rule;
  }
}
