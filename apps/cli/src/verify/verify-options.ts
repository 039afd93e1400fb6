/** The options of `ishizue verify`: those that may be given several times are parsed here, and nothing unknown passes. */
import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '@ishizue/outcome';
import { KEY_PURPOSE_OIDS } from '@ishizue/x509';

export interface VerifyOptions {
  readonly file: string;
  readonly content: string | undefined;
  readonly anchors: readonly string[];
  readonly chains: readonly string[];
  readonly crls: readonly string[];
  readonly ocsp: URL | undefined;
  readonly policies: readonly string[] | undefined;
  readonly explicitPolicy: boolean;
  readonly inhibitMapping: boolean;
  readonly inhibitAny: boolean;
  readonly asksStatus: boolean;
  /** Object identifier of a key purpose. */
  readonly purpose: string | undefined;
  /** Milliseconds since the epoch; undefined: now. */
  readonly at: number | undefined;
}

export type OptionFailure = 'usage' | 'time-invalid' | 'policy-invalid' | 'purpose-invalid' | 'url-invalid';

const FLAG = { type: 'boolean', default: false } as const;
const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'string', multiple: true, default: [] as string[] } as const;

const OPTIONS = {
  anchor: TEXTS,
  chain: TEXTS,
  crl: TEXTS,
  policy: TEXTS,
  ocsp: TEXT,
  content: TEXT,
  purpose: TEXT,
  time: TEXT,
  'explicit-policy': FLAG,
  'inhibit-mapping': FLAG,
  'inhibit-any': FLAG,
  'no-revocation': FLAG,
  json: FLAG,
} as const;

const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;
const OID = /^[0-2](?:\.(?:0|[1-9]\d*))+$/;

/** What was asked on the command line. */
export function parseVerifyOptions(raw: readonly string[]): Result<VerifyOptions, OptionFailure> {
  const given = readOptions(raw);
  if (!given.ok) return given;
  const { values, positionals } = given.value;
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0)
    return fail('usage', 'one file to verify; repeat --anchor, --chain and --crl for several of them');
  if (values.anchor.length === 0) return fail('usage', 'nobody to trust: give --anchor FILE');
  const at = values.time === undefined ? undefined : readInstant(values.time);
  if (Number.isNaN(at)) return fail('time-invalid', 'a time such as 2026-04-01T00:00:00Z');
  if (!values.policy.every((policy) => OID.test(policy)))
    return fail('policy-invalid', 'an object identifier such as 1.2.392.200149.8.5.1.3.30');
  const purpose = values.purpose === undefined ? undefined : purposeOf(values.purpose);
  if (purpose === null)
    return fail('purpose-invalid', `one of ${PURPOSES.join(', ')}, or an object identifier`);
  const ocsp = values.ocsp === undefined ? undefined : readUrl(values.ocsp);
  if (ocsp === null) return fail('url-invalid', 'an address such as http://ocsp.example/');
  return ok({
    file,
    content: values.content,
    anchors: values.anchor,
    chains: values.chain,
    crls: values.crl,
    ocsp,
    policies: values.policy.length === 0 ? undefined : values.policy,
    explicitPolicy: values['explicit-policy'],
    inhibitMapping: values['inhibit-mapping'],
    inhibitAny: values['inhibit-any'],
    asksStatus: !values['no-revocation'],
    purpose,
    at,
  });
}

const { any: _, ...named } = KEY_PURPOSE_OIDS;
const BY_NAME = new Map<string, string>(Object.entries(named));
const PURPOSES = [...BY_NAME.keys()];

/** Null where the text is neither a name nor an object identifier. */
const purposeOf = (text: string): string | null => BY_NAME.get(text) ?? (OID.test(text) ? text : null);

function readOptions(raw: readonly string[]) {
  try {
    return ok(parseArgs({ args: [...raw], options: OPTIONS, allowPositionals: true, strict: true }));
  } catch (error) {
    return fail('usage' as const, error instanceof Error ? error.message : String(error));
  }
}

/** NaN where the text is no instant: a day that does not exist too. */
function readInstant(text: string): number {
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  const day = text.slice(0, 10);
  const isReal = !Number.isNaN(Date.parse(day)) && new Date(Date.parse(day)).toISOString().startsWith(day);
  return isReal ? at : Number.NaN;
}

function readUrl(text: string): URL | null {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : null;
}
