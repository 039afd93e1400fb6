/** Step 10: the adult signs in with the card and sees every access of the steps before, each with its proof. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseVerifierKey, verifyProofFile } from '@ishizue/ledger';
import { fetchAccesses, keyFile, signIn } from '../accesses.ts';
import { eventually, type LifeStep } from '../life-step.ts';
import { HOME_SITE, NATIONAL, PREFECTURE_SITE, type Story } from '../story.ts';

/** Ledgers are sealed every second; each look adds an entry that is not sealed yet. */
const SEALED_AFTER_MS = 2_500;

/** What must be on the list: the site and the business of each earlier step. */
const EXPECTED: readonly (readonly [string, string, string])[] = [
  ['2', HOME_SITE, 'register-load'],
  ['2', PREFECTURE_SITE, 'identity-notice'],
  ['2', NATIONAL, 'identity-notice'],
  ['4', NATIONAL, 'numbering'],
  ['5', NATIONAL, 'card-issue'],
  ['8', HOME_SITE, 'resident-registration'],
];

export const whoLooked: LifeStep = {
  number: 10,
  title: { ja: '誰が私の情報を見たか', en: 'Who looked at me' },
  explains: {
    ja: '本人がカードでサインインし、すべてのアクセスを、それぞれの証明とともに見ます。証明は手元だけで検証できます。',
    en: 'The resident signs in with the card and lists every access, each with a proof that verifies offline.',
  },
  async play(story, checks) {
    const token = await signIn(story);
    const accesses = await eventually(
      async () => {
        const listed = await fetchAccesses(story, token);
        return listed.slice(1).every(({ proof }) => proof !== undefined) ? listed : undefined;
      },
      'the sealing of the last entries',
      SEALED_AFTER_MS,
    );
    for (const [step, site, affair] of EXPECTED)
      checks.that(
        accesses.some((access) => access.site === site && access.affair === affair),
        `手順${step}のアクセスが ${site} の台帳にある`,
        `the access of step ${step} is in the ledger of ${site}`,
      );
    const proven = accesses.filter(({ proof }) => proof !== undefined);
    checks.that(
      proven.length >= EXPECTED.length &&
        proven.every(({ site, proof }) => proof && verifies(story, site, proof.file)),
      `${proven.length}件の証明が、ネットワークなしですべて正しい`,
      `all ${proven.length} proofs verify without the network`,
    );
    const first = proven[0]?.proof?.file;
    checks.that(
      first !== undefined && first.includes('\\"result\\":\\"ok\\"') && !verifiesAltered(first),
      '一文字でも変えた記録の証明は通らない',
      'the proof of an entry that was changed by one character does not verify',
    );
    checks.that(
      !holdsClearData(
        story,
        proven.flatMap(({ proof }) => proof?.file ?? []),
      ),
      '台帳に氏名や番号はない',
      'the ledger holds no name and no number in clear',
    );
    return {
      ja: `${accesses.length}件のアクセスが一覧になりました。`,
      en: `${accesses.length} accesses were listed.`,
    };
  },
};

/** The key is pinned: it was fetched from the site, not from the proof file. */
function verifies(story: Story, site: string, file: string): boolean {
  const key = parseVerifierKey(readFileSync(path.join(story.folder, keyFile(site)), 'utf8').trim());
  if (!key.ok) return false;
  return verifyProofFile(file, key.value).ok;
}

function verifiesAltered(file: string): boolean {
  return verifyProofFile(file.replace('\\"result\\":\\"ok\\"', '\\"result\\":\\"no\\"')).ok;
}

function holdsClearData({ state }: Story, files: readonly string[]): boolean {
  const { name, residentCode = '-', individualNumber = '-' } = state.adult;
  const clear = [name, ...name.split('　'), residentCode, individualNumber].filter((text) => text.length > 1);
  return files.some((file) => clear.some((secret) => file.includes(secret)));
}
