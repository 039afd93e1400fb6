/**
 * The registration of a verifier as a procedure (JPKI Act 17, 36; domain 6.5): notification, technical documents, tests,
 * live, suspended, ended. What gives access (going live, the end of a suspension, other terms) one officer proposes and
 * another does. Invariants: the case's state is the verifier's; what is asked at every request stands in `jpki.verifier`,
 * which the effects write in the transaction of the move (docs/flows/verifiers.md).
 */
import { choice, count, defineProcedure, group, text, type Words } from '@ishizue/procedure';
import { followCases, proposeUpon, registerCases, replaceTerms } from './store-verifiers.ts';
import { nameField, termsFields, termsRefusal } from './verifier-fields.ts';
import { VERIFIER_STATES, type VerifierState } from './verifier-store.ts';

/** The role of an operator of the national site who registers verifiers. */
export const VERIFIER_OFFICER = 'verifier-officer';

/** A proposal holds for so long; the database knows it too (migrations/0020-verifier-cases.sql). */
const PROPOSAL_MS = 72 * 3_600_000;

const BY = [`role:${VERIFIER_OFFICER}`] as const;
type OpenState = Exclude<VerifierState, 'ended'>;
const OPEN = VERIFIER_STATES.filter((state): state is OpenState => state !== 'ended');

/** Why, in the officer's words; no personal data. */
const why = {
  purpose: text({ ja: '理由', en: 'Why' }, { max: 500, lines: true, pattern: /[^]*\S[^]*/ }),
} as const;

const terms = group({ ja: '登録事項', en: 'Terms' }, { fields: termsFields });

const proposal = group(
  { ja: '提案', en: 'Proposal' },
  {
    fields: {
      act: choice(
        { ja: '内容', en: 'Of what' },
        {
          options: {
            'go-live': { ja: '稼働', en: 'Go live' },
            restore: { ja: '停止解除', en: 'End of the suspension' },
            'change-terms': { ja: '登録事項の変更', en: 'Other terms' },
          },
        },
      ),
      sequence: count({ ja: '提案の番号', en: 'Number of the move' }, {}),
      until: text({ ja: '承認期限 (UTC)', en: 'To be approved before (UTC)' }, { max: 24 }),
      terms: group({ ja: '新しい登録事項', en: 'New terms' }, { fields: termsFields, optional: true }),
    },
  },
);

interface Proposal {
  readonly act: 'go-live' | 'restore' | 'change-terms';
  readonly sequence: number;
  /** ISO 8601. */
  readonly until: string;
}

const untilOf = (at: number): string => new Date(at + PROPOSAL_MS).toISOString();

/** Why a proposal is not to be carried out: it is for the verifier as it was when it was proposed. */
function proposalRefusal(act: Proposal['act'], open: Proposal | undefined, sequence: number, at: number) {
  if (open?.act !== act || open.sequence !== sequence - 1) return 'verifier-changed';
  return at >= Date.parse(open.until) ? 'proposal-expired' : undefined;
}

export const verifierRegistration = defineProcedure()(
  {
    id: 'verifier-registration',
    title: { ja: '署名検証者等の登録', en: 'Registration of a verifier' },
    basis: '公的個人認証法 第17条',
    validFrom: '2016-01-01',
    source: 'domain rules 6.5',
    roles: { [VERIFIER_OFFICER]: { ja: '検証者担当', en: 'Officer for verifiers' } },
    subject: { title: { ja: '検証者', en: 'Verifier' }, of: ({ form }) => form.verifier },
    form: { verifier: nameField({ ja: '検証者名', en: 'Name, verifier/…' }, false), terms },
    record: { terms, proposal },
    kept: { years: 10, source: 'decided here' },
    states: {
      notified: { title: { ja: '届出済', en: 'Notified' } },
      'technical-documents-released': { title: { ja: '技術資料開示', en: 'Technical documents released' } },
      'test-environment': { title: { ja: '試験環境', en: 'Test environment' } },
      'connection-test': { title: { ja: '接続試験', en: 'Connection test' } },
      live: { title: { ja: '稼働中', en: 'Live' } },
      suspended: { title: { ja: '停止中', en: 'Suspended' } },
      ended: { title: { ja: '終了', en: 'Ended' }, closed: true },
    },
    refusals: {
      'verifier-known': { ja: 'この名前は登録済みです。', en: 'A verifier of this name is registered.' },
      'verifier-terms-contradict': {
        ja: '登録事項が互いに合いません。',
        en: 'The terms contradict themselves.',
      },
      'client-certificate-unsuitable': {
        ja: 'クライアント証明書は、有効期間内のEd25519のもの1枚に限ります。',
        en: 'The client certificate is one with an Ed25519 key, for clients, and in date.',
      },
      'client-certificate-known': {
        ja: '証明書又は鍵は他の検証者のものです。',
        en: 'The certificate or its key is another verifier’s.',
      },
      'operator-unknown': {
        ja: '委託先は登録されたプラットフォーム事業者ではありません。',
        en: 'Who is entrusted is no platform operator that is registered.',
      },
      'verifier-changed': {
        ja: '提案がないか、提案後に変わりました。改めて提案してください。',
        en: 'There is no such proposal, or the verifier changed since; propose it again.',
      },
      'proposal-expired': {
        ja: '提案の期限が過ぎました。',
        en: 'The proposal has expired; propose it again.',
      },
    },
    inbox: ['verifier'],
  },
  (move) => {
    /** What one officer does alone. */
    const alone = (title: Words, from: readonly OpenState[], to: VerifierState) =>
      move({ title, from, to, by: BY, form: why, effect: followCases(to) });
    const proposing = (act: 'go-live' | 'restore', title: Words, from: readonly OpenState[]) =>
      move({
        title,
        from,
        to: 'same',
        by: BY,
        form: why,
        sets: ({ sequence, at }) => ({ proposal: { act, sequence, until: untilOf(at) } }),
        effect: proposeUpon,
      });
    const approving = (act: 'go-live' | 'restore', title: Words, from: readonly OpenState[]) =>
      move({
        title,
        from,
        to: 'live',
        by: BY,
        form: why,
        differsFrom: `propose-${act}`,
        guard: ({ record, sequence, at }) => proposalRefusal(act, record.proposal, sequence, at),
        effect: followCases('live'),
      });
    return {
      register: move({
        title: { ja: '届出を受け付ける', en: 'Take a notification down' },
        from: 'new',
        to: 'notified',
        by: BY,
        form: why,
        guard: ({ form, at }) => termsRefusal(form.terms, at),
        sets: ({ form }) => ({ terms: form.terms }),
        effect: registerCases,
      }),
      'release-documents': alone(
        { ja: '技術資料を開示する', en: 'Release the technical documents' },
        ['notified'],
        'technical-documents-released',
      ),
      'open-test-environment': alone(
        { ja: '試験環境を開く', en: 'Open the test environment' },
        ['technical-documents-released'],
        'test-environment',
      ),
      'begin-connection-test': alone(
        { ja: '接続試験を始める', en: 'Begin the connection test' },
        ['test-environment'],
        'connection-test',
      ),
      'repeat-test': alone(
        { ja: '試験をやり直す', en: 'The test was not passed' },
        ['connection-test'],
        'test-environment',
      ),
      suspend: alone({ ja: '停止する', en: 'Suspend' }, ['live'], 'suspended'),
      end: alone({ ja: '終了する', en: 'End' }, OPEN, 'ended'),
      'propose-go-live': proposing('go-live', { ja: '稼働を提案する', en: 'Propose to go live' }, [
        'connection-test',
      ]),
      'go-live': approving('go-live', { ja: '承認して稼働させる', en: 'Approve, and go live' }, [
        'connection-test',
      ]),
      'propose-restore': proposing(
        'restore',
        { ja: '停止解除を提案する', en: 'Propose to end the suspension' },
        ['suspended'],
      ),
      restore: approving('restore', { ja: '承認して停止を解く', en: 'Approve, and end the suspension' }, [
        'suspended',
      ]),
      'propose-change-terms': move({
        title: { ja: '登録事項の変更を提案する', en: 'Propose other terms' },
        from: OPEN,
        to: 'same',
        by: BY,
        form: { ...why, terms },
        guard: ({ own, at }) => termsRefusal(own.terms, at),
        sets: ({ own, sequence, at }) => ({
          proposal: { act: 'change-terms', sequence, until: untilOf(at), terms: own.terms },
        }),
        effect: proposeUpon,
      }),
      'change-terms': move({
        title: { ja: '承認して登録事項を変える', en: 'Approve the other terms' },
        from: OPEN,
        to: 'same',
        by: BY,
        form: why,
        differsFrom: 'propose-change-terms',
        guard: ({ record: { proposal: open }, sequence, at }) =>
          proposalRefusal('change-terms', open, sequence, at) ??
          (open?.terms ? termsRefusal(open.terms, at) : 'verifier-changed'),
        sets: ({ record: { proposal: open } }) => (open?.terms ? { terms: open.terms } : {}),
        effect: replaceTerms,
      }),
    };
  },
);
