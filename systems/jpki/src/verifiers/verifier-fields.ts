/**
 * The terms of a verifier as fields of its registration (docs/flows/verifiers.md step 1), and the way from one form to the
 * other. Sets are lists of one choice; what fields cannot say, `verifierTerms` and `checkTerms` do.
 */
import { choice, code, list, text, type Words } from '@ishizue/procedure';
import {
  checkTerms,
  PEM_MAX,
  type TermsFailure,
  VERIFIER_NAME,
  type VerifierKind,
  type VerifierService,
  type VerifierTerms,
  verifierTerms,
} from './verifier-terms.ts';

const KINDS: Readonly<Record<VerifierKind, Words>> = {
  administrative: { ja: '行政機関等', en: 'Administrative body' },
  court: { ja: '裁判所', en: 'Court' },
  'designated-body': { ja: '法律で定める団体', en: 'Body named by law' },
  'accredited-ca': { ja: '認定認証事業者', en: 'Accredited certification authority' },
  'approved-ca': { ja: '特定認証業務の認定事業者', en: 'Approved certification authority' },
  'platform-operator': { ja: 'プラットフォーム事業者', en: 'Platform operator' },
  'delegating-firm': { ja: '委託する事業者', en: 'Delegating firm' },
};
const SERVICES: Readonly<Record<VerifierService, Words>> = {
  'older-serials': { ja: '旧い発行番号', en: 'Older serial numbers' },
  'newer-serials': { ja: '新しい発行番号', en: 'Newer serial numbers' },
  'other-certificate': { ja: '同じカードの他の証明書', en: 'The other certificate of the card' },
  'latest-attributes': { ja: '最新の基本4情報', en: 'The latest basic attributes' },
};
const CERTIFICATE_KINDS = {
  signature: { ja: '署名用', en: 'Signature' },
  authentication: { ja: '利用者証明用', en: 'Authentication' },
} as const;
const METHODS = {
  crl: { ja: '失効リスト', en: 'Lists (CRL)' },
  ocsp: { ja: 'OCSP', en: 'OCSP' },
} as const;

export const nameField = <const Optional extends boolean>(label: Words, optional: Optional) =>
  code(label, { pattern: VERIFIER_NAME, optional });

export const termsFields = {
  kind: choice({ ja: '種別', en: 'Kind' }, { options: KINDS }),
  title: text({ ja: '名称', en: 'Title' }, { max: 300 }),
  purpose: text({ ja: '利用目的', en: 'Purpose' }, { max: 1000 }),
  contact: text({ ja: '連絡先', en: 'Contact' }, { max: 300 }),
  feeClass: choice(
    { ja: '手数料', en: 'Fee' },
    {
      options: {
        free: { ja: '無料', en: 'Free' },
        'per-answer': { ja: '1件ごと', en: 'For each answer' },
      },
    },
  ),
  certificateKinds: list(
    { ja: '証明書の種類', en: 'Kinds of certificates' },
    { fields: { kind: choice({ ja: '種類', en: 'Kind' }, { options: CERTIFICATE_KINDS }) }, max: 2 },
  ),
  methods: list(
    { ja: '確認方法', en: 'Methods' },
    { fields: { method: choice({ ja: '方法', en: 'Method' }, { options: METHODS }) }, max: 2 },
  ),
  services: list(
    { ja: '提供するサービス', en: 'Services' },
    { fields: { service: choice({ ja: 'サービス', en: 'Service' }, { options: SERVICES }) }, max: 4 },
  ),
  entrustedTo: nameField({ ja: '委託先', en: 'Entrusted to' }, true),
  clientCertificate: text(
    { ja: 'クライアント証明書 (PEM)', en: 'Client certificate (PEM)' },
    { max: PEM_MAX, lines: true, optional: true },
  ),
} as const;

/** The value of `termsFields`. */
export interface TermsForm
  extends Pick<VerifierTerms, 'kind' | 'title' | 'purpose' | 'contact' | 'feeClass'> {
  readonly certificateKinds: readonly { readonly kind: VerifierTerms['certificateKinds'][number] }[];
  readonly methods: readonly { readonly method: VerifierTerms['methods'][number] }[];
  readonly services: readonly { readonly service: VerifierService }[];
  readonly entrustedTo?: string | undefined;
  readonly clientCertificate?: string | undefined;
}

export const formOfTerms = ({ entrustedTo, clientCertificate, ...terms }: VerifierTerms): TermsForm => ({
  ...terms,
  certificateKinds: terms.certificateKinds.map((kind) => ({ kind })),
  methods: terms.methods.map((method) => ({ method })),
  services: terms.services.map((service) => ({ service })),
  ...(entrustedTo !== null && { entrustedTo }),
  ...(clientCertificate !== null && { clientCertificate: clientCertificate.replaceAll('\r\n', '\n') }),
});

export const termsOfForm = ({ entrustedTo, clientCertificate, ...form }: TermsForm): VerifierTerms => ({
  ...form,
  certificateKinds: form.certificateKinds.map(({ kind }) => kind),
  methods: form.methods.map(({ method }) => method),
  services: form.services.map(({ service }) => service),
  entrustedTo: entrustedTo ?? null,
  clientCertificate: clientCertificate ?? null,
});

/** Why terms cannot be taken, whoever else is registered. Pure. @param at milliseconds since the epoch */
export function termsRefusal(form: TermsForm, at: number): TermsFailure | undefined {
  const terms = verifierTerms.safeParse(termsOfForm(form));
  if (!terms.success) return 'verifier-terms-contradict';
  const client = checkTerms(terms.data, at);
  return client.ok ? undefined : client.failure.code;
}
