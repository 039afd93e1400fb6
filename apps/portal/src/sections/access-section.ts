/** 誰が私の情報を見たか: every access to the adult's data, allowed or refused, each with its proof to take home. */
import type { ShownAccess } from '@ishizue/demo';
import { html, type SafeHtml } from '@ishizue/http';
import { actorWord, affairWord, articleWord, doneWord, fieldWord } from '../access-words.ts';
import { formatCount, moment } from '../moments.ts';
import { proofName } from '../proof-name.ts';
import type { Reader } from '../reader.ts';
import type { SiteNames } from '../site-names.ts';
import { notice } from './notice.ts';
import { table } from './table.ts';

const NEWEST = 20;

export interface AccessSection {
  readonly reader: Reader;
  readonly names: SiteNames;
  /** Newest first. */
  readonly accesses: readonly ShownAccess[];
}

export function accessSection(context: AccessSection): SafeHtml {
  const { reader, accesses } = context;
  const { say } = reader;
  return html`
<section id="accesses" class="section" aria-labelledby="accesses-title">
  <h2 id="accesses-title">${say('誰が私の情報を見たか', 'Who looked at me')}</h2>
  <p class="lead">${say(
    '本人が見る画面です。許可されたものも断られたものも、すべてのアクセスが各サイトの台帳に残ります。台帳は署名された木構造で、あとから消すことも書き換えることもできません。',
    'What the resident sees. Every access, allowed or refused, is kept in the ledger of the site where it happened: a signed tree in which nothing can be deleted or changed afterwards.',
  )}</p>
  ${
    accesses.length === 0
      ? notice({
          kind: 'info',
          title: say('まだ記録がありません', 'Nothing is recorded yet'),
          body: say(
            '「一生」の手順を進めると、ここにアクセスが並びます。',
            'Play the steps of the life: the accesses will be listed here.',
          ),
        })
      : html`${accessTables(context)}
  <p>${say(
    '証明ファイルは、このサーバがなくても検証できます:',
    'A proof file verifies without this server:',
  )} <code class="command">npx ishizue ledger verify proof.json</code></p>`
  }
</section>`;
}

/** The newest stand open, the older ones are folded: on a telephone each is a card. */
function accessTables(context: AccessSection): SafeHtml {
  const { reader, accesses } = context;
  const { say } = reader;
  const all = formatCount(accesses.length);
  const older = accesses.slice(NEWEST);
  return html`${accessTable(
    { ...context, accesses: accesses.slice(0, NEWEST) },
    say(`アクセスの記録（全 ${all} 件、新しい順）`, `Accesses, newest first (${all} in all)`),
  )}
  ${
    older.length > 0 &&
    html`<details class="disclosure">
    <summary>${say(`これより古い記録（${formatCount(older.length)} 件）を見る`, `Show the older accesses (${formatCount(older.length)})`)}</summary>
    ${accessTable({ ...context, accesses: older }, say('これより古い記録', 'Older accesses'))}
  </details>`
  }`;
}

function accessTable({ reader, names, accesses }: AccessSection, caption: string): SafeHtml {
  const { say } = reader;
  return table({
    caption,
    rows: accesses,
    rowClass: ({ result }) => (doneWord(reader, result) === undefined ? 'access-refused' : 'access-ok'),
    leftOut: (count) =>
      say(
        `これより古い記録が ${formatCount(count)} 件あります。`,
        `${formatCount(count)} older accesses are not shown.`,
      ),
    columns: [
      { title: say('いつ', 'When'), cell: ({ at }) => moment(reader, new Date(at)) },
      {
        title: say('どこで', 'Where'),
        cell: ({ site, siteName }) =>
          html`${names.show(reader, site, siteName)} <code class="code">${site}</code>`,
      },
      { title: say('だれが', 'Who'), cell: ({ actorKind }) => actorWord(reader, actorKind) },
      { title: say('何のために', 'Why'), cell: (access) => reason(reader, access) },
      {
        title: say('何を', 'What'),
        cell: ({ fields }) => fields.map((field) => fieldWord(reader, field)).join(say('、', ', ')),
      },
      { title: say('結果', 'Result'), cell: ({ result }) => resultMark(reader, result) },
      { title: say('証明', 'Proof'), cell: (access) => proofLink(reader, access) },
    ],
  });
}

const reason = (reader: Reader, { affair, article }: ShownAccess): SafeHtml =>
  html`${affairWord(reader, affair)} <span class="article"${articleWord(reader, article) === article && reader.language === 'en' && html` lang="ja"`}>${articleWord(reader, article)}</span>`;

function resultMark(reader: Reader, result: string): SafeHtml {
  const done = doneWord(reader, result);
  return done === undefined
    ? html`<span class="result-refused"><span aria-hidden="true">✗</span> ${reader.say('拒否', 'Refused')}</span> <code class="code">${result}</code>`
    : html`<span class="result-ok"><span aria-hidden="true">✓</span> ${done}</span>`;
}

function proofLink({ say }: Reader, access: ShownAccess): SafeHtml {
  const { proof } = access;
  const name = proofName(access);
  if (proof === undefined || name === undefined) return html`${say('署名待ち', 'Not sealed yet')}`;
  const place = say(
    `${formatCount(proof.treeSize)} 件中 ${formatCount(proof.index)} 番`,
    `leaf ${formatCount(proof.index)} of ${formatCount(proof.treeSize)}`,
  );
  return html`<a href="/life/proofs/${name}" download="${name}">${say('証明を保存', 'Save proof')}<span class="visually-hidden"> ${name}</span></a> <span class="proof-place">${place}</span>`;
}
