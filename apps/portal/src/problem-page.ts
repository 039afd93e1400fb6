/**
 * How problems look to who uses the pages. What was asked for may not have been understood, the language neither: the
 * page says everything in both.
 */
import type { Bilingual } from '@ishizue/demo';
import { html, type Problem, type SafeHtml } from '@ishizue/http';
import { frame } from './frame.ts';
import { readerOf } from './reader.ts';

interface Sentences {
  readonly title: Bilingual;
  readonly body: Bilingual;
}

const KNOWN: ReadonlyMap<string, Sentences> = new Map([
  [
    'step-not-next',
    {
      title: { ja: 'この手順は、いまは実行できません', en: 'This step cannot be played now' },
      body: {
        ja: 'すでに実行されたか、まだ順番が来ていません。ページを読み込み直すと、次の手順がわかります。',
        en: 'It was played already, or its turn has not come. The page shows which step is next.',
      },
    },
  ],
  [
    'life-busy',
    {
      title: { ja: 'ほかの手順を実行しています', en: 'Another step is being played' },
      body: {
        ja: '手順は一つずつ実行されます。終わるまで少しお待ちください。',
        en: 'Steps are played one at a time. Please wait until it is done.',
      },
    },
  ],
  [
    'too-many-requests',
    {
      title: { ja: '続けて押された回数が多すぎます', en: 'Too many requests' },
      body: { ja: '少し待ってからもう一度お試しください。', en: 'Please wait a little and try again.' },
    },
  ],
  [
    'proof-missing',
    {
      title: { ja: 'その証明ファイルはありません', en: 'There is no such proof' },
      body: {
        ja: '新しい一生が始まると、前の一生の一覧は閉じられます。',
        en: 'When another life begins, the list of the last one is closed.',
      },
    },
  ],
]);

const OTHER: Sentences = {
  title: { ja: '処理できませんでした', en: 'This did not work' },
  body: {
    ja: 'ページに戻り、もう一度お試しください。',
    en: 'Please go back to the page and try again.',
  },
};

export function problemPage(problem: Problem): SafeHtml {
  const { title, body } = KNOWN.get(problem.code) ?? OTHER;
  return frame({
    reader: readerOf('ja'),
    title: `${title.ja} / ${title.en} — Ishizue`,
    main: html`
<div class="section problem">
  <h1>${title.ja} <span class="problem-other" lang="en">${title.en}</span></h1>
  <p>${body.ja}<br><span lang="en">${body.en}</span></p>
  <p class="problem-ways"><a class="button button-fill" href="/?lang=ja#life">もどる</a> <a class="button button-outline" href="/?lang=en#life" lang="en">Back</a></p>
  <p class="problem-code"><code>${problem.status} ${problem.code}</code> <code>${problem.requestId}</code></p>
</div>`,
  });
}
