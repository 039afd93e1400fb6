/**
 * Which kinds of keys are certified from which day on: a dated rule, one list for holders and one for the authorities
 * themselves. In force is RSA-2048 alone, as in every real certificate (jpki-formats 1, 2). P-256 and P-384 are for the
 * next card, ML-DSA (FIPS 204, RFC 9881) for later: no day of theirs is published, so each is the operator's setting.
 */
import { addDays, dateInTokyo } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type DatedRule, DatedRules } from '@ishizue/rules';
import { isIsoDate } from '@ishizue/text';
import type { PublicKeyInfo } from '@ishizue/x509';

export const CERTIFIED_KEYS = ['rsa-2048', 'p-256', 'p-384', 'ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87'] as const;

/** A kind of key that may stand in a certificate, by the name that the signer has for it. */
export type CertifiedKey = (typeof CERTIFIED_KEYS)[number];

/** The kinds that are certified; the first is what a ceremony makes where nothing else is ordered. */
type AllowedKeys = readonly [CertifiedKey, ...CertifiedKey[]];

export type KeyRules = DatedRules<AllowedKeys>;

export interface KeyTypes {
  /** Of cards: what a certification request may come with. */
  readonly holder: KeyRules;
  /** Of the authorities' own generations. */
  readonly authority: KeyRules;
}

const SINCE = '2016-01-01';
const VERSIONS_MAX = 16;

/** The versions in their order, each in force until the next one begins. */
function keyRules(name: string, later: readonly Omit<DatedRule<AllowedKeys>, 'validTo'>[]): KeyRules {
  const first: Omit<DatedRule<AllowedKeys>, 'validTo'> = {
    validFrom: SINCE,
    source: '公的個人認証法施行規則; jpki-formats 1, 2 (the published certificates)',
    rule: ['rsa-2048'],
  };
  const versions = [first, ...later];
  return new DatedRules(
    name,
    versions.map((version, index) => {
      const next = versions[index + 1];
      return next ? { ...version, validTo: addDays(next.validFrom, -1) } : version;
    }),
  );
}

/** What is in force without any setting: RSA-2048, whatever the day. */
export const publishedKeyTypes: KeyTypes = {
  holder: keyRules('keys of holders', []),
  authority: keyRules('keys of authorities', []),
};

/** The settings' texts: `2028-04-01=rsa-2048+p-256,2035-04-01=p-256+ml-dsa-65`; an empty one adds nothing. */
export interface KeyTypeSettings {
  readonly holder: string;
  readonly authority: string;
}

/** The published rule, continued by what an operator set. */
export function readKeyTypes({ holder, authority }: KeyTypeSettings): Result<KeyTypes, 'key-rule-invalid'> {
  const holders = readVersions(holder);
  if (!holders.ok) return holders;
  const authorities = readVersions(authority);
  if (!authorities.ok) return authorities;
  return ok({
    holder: keyRules('keys of holders', holders.value),
    authority: keyRules('keys of authorities', authorities.value),
  });
}

type Versions = readonly Omit<DatedRule<AllowedKeys>, 'validTo'>[];

function readVersions(text: string): Result<Versions, 'key-rule-invalid'> {
  const versions: Omit<DatedRule<AllowedKeys>, 'validTo'>[] = [];
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [validFrom = '', names = '', ...more] = part.trim().split('=');
    const [first, ...others] = names.split('+').map((name) => CERTIFIED_KEYS.find((each) => each === name));
    const rest = others.filter((each) => each !== undefined);
    const isWhole = first !== undefined && rest.length === others.length && more.length === 0;
    if (!isIsoDate(validFrom) || !isWhole || versions.length === VERSIONS_MAX)
      return fail('key-rule-invalid', `${part.trim()} is not of the form 2028-04-01=rsa-2048+p-256`);
    if (validFrom <= (versions.at(-1)?.validFrom ?? SINCE))
      return fail('key-rule-invalid', `${validFrom} is not after the version before it`);
    versions.push({ validFrom, source: 'the operator’s setting (an assumption)', rule: [first, ...rest] });
  }
  return ok(versions);
}

const EXPONENT = '010001';

const KINDS: Readonly<Record<string, CertifiedKey>> = {
  p256: 'p-256',
  p384: 'p-384',
  mldsa44: 'ml-dsa-44',
  mldsa65: 'ml-dsa-65',
  mldsa87: 'ml-dsa-87',
};

/** Which of the kinds a key is, if it is any: RSA of exactly 2048 bits and exponent 65537, or one of the others. */
export function certifiedKeyOf({ type, sizeBits, rsa }: PublicKeyInfo): CertifiedKey | undefined {
  if (type !== 'rsa') return type === undefined ? undefined : KINDS[type];
  const isPlain = sizeBits === 2048 && Buffer.from(rsa?.exponent ?? []).toString('hex') === EXPONENT;
  return isPlain ? 'rsa-2048' : undefined;
}

/** Whether a key may be certified by the rule of the day (in Tokyo) of an instant. */
export function isKeyAllowed(rules: KeyRules, key: PublicKeyInfo, at: number): boolean {
  const kind = certifiedKeyOf(key);
  return kind !== undefined && (rules.find(dateInTokyo(at))?.rule.includes(kind) ?? false);
}
