/** The pages of the desk: signing in, what an operator's roles open, and what cannot be shown. No script runs on them. */
import { html, type Pages, type Problem, type SafeHtml } from '@ishizue/http';
import { inLanguage, type Language, officeFrame, type SignedIn, sayIn, type Words } from '@ishizue/pages';
import { deskWords } from './desk-words.ts';

/** A page of the site that some roles open. */
export interface DeskEntry {
  readonly href: `/${string}`;
  readonly title: Words;
  readonly note: Words;
  /** Any of them opens it. */
  readonly roles: readonly string[];
}

export interface SignInPage {
  readonly language: Language;
  readonly site: string;
  readonly siteName: string;
  /** As it was typed, where it was refused. */
  readonly operator?: string;
  readonly terminal: string;
  /** Where to go afterwards; nothing for the desk. */
  readonly back: string | undefined;
  readonly told?: 'sign-in-refused' | 'sign-in-busy' | 'signed-out' | undefined;
  readonly forgeryField: SafeHtml;
}

export function signInPage(page: SignInPage): SafeHtml {
  const { language, site, siteName, operator = '', terminal, back, told, forgeryField } = page;
  const say = sayIn(language);
  const query = back === undefined ? '' : `?return=${encodeURIComponent(back)}`;
  const here = `/${site}/desk/sign-in${query}`;
  return officeFrame({
    language,
    title: say('職員のサインイン', 'Officers’ sign-in'),
    here,
    main: html`<p>${siteName}</p>
${told === 'signed-out' && html`<p class="done" role="status">${say('サインアウトしました。', 'You have signed out.')}</p>`}
${told !== undefined && told !== 'signed-out' && html`<p class="refusal" role="alert">${deskWords(told)?.[language]}</p>`}
<form method="post" action="${inLanguage(here, language)}">${forgeryField}
<div class="field"><label for="operator">${say('職員ID', 'Operator id')}</label>
<p class="hint" id="operator-hint">${say('例: o-1a2b3c', 'for example o-1a2b3c')}</p>
<input type="text" class="short" id="operator" name="operator" value="${operator}" maxlength="20" required autocomplete="username" autocapitalize="none" spellcheck="false" aria-describedby="operator-hint"></div>
<div class="field"><label for="secret">${say('パスワード', 'Secret')}</label>
<input type="password" id="secret" name="secret" maxlength="256" required autocomplete="current-password"></div>
<div class="field"><label for="terminal">${say('端末の名前', 'Name of this terminal')}</label>
<p class="hint" id="terminal-hint">${say('英小文字・数字・ハイフン。操作の記録に残ります。', 'Small letters, digits, hyphens; it stands in the record of what you do.')}</p>
<input type="text" class="short" id="terminal" name="terminal" value="${terminal}" pattern="[0-9a-z\\-]{1,32}" maxlength="32" required autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="terminal-hint"></div>
<button>${say('サインイン', 'Sign in')}</button>
</form>`,
  });
}

export interface DeskPage {
  readonly language: Language;
  readonly siteName: string;
  readonly signedIn: SignedIn;
  /** Those that the operator's roles open. */
  readonly entries: readonly DeskEntry[];
}

export function deskPage({ language, siteName, signedIn, entries }: DeskPage): SafeHtml {
  const say = sayIn(language);
  return officeFrame({
    language,
    title: say('職員用画面', 'Desk'),
    signedIn,
    here: `/${signedIn.site}/desk`,
    main: html`<p>${siteName}</p>
${
  entries.length === 0
    ? html`<p>${say('あなたの権限で使える画面はまだありません。', 'There is no page yet that your roles open.')}</p>`
    : html`<ul class="entries">${entries.map(
        ({ href, title, note }) =>
          html`<li><a href="${inLanguage(href, language)}">${title[language]}</a><p class="note">${note[language]}</p></li>`,
      )}</ul>`
}`,
  });
}

/** How problems look on the pages of a site, and where its sign-in is. The language may not be known: both stand there. */
export const deskProblems = (site: string): Pages => ({
  signIn: `/${site}/desk/sign-in`,
  problem: (problem) => problemPage(problem, site),
});

function problemPage({ code, status, requestId }: Problem, site: string): SafeHtml {
  const words = deskWords(code);
  return officeFrame({
    language: 'ja',
    title: '処理できませんでした',
    main: html`<p lang="en">This did not work.</p>
<p class="refusal" role="alert">${words ? html`${words.ja}<br><span lang="en">${words.en}</span><br>` : ''}<code>${status} ${code}</code></p>
<p><a href="/${site}/desk?lang=ja">職員用画面にもどる</a> / <a href="/${site}/desk?lang=en" lang="en">Back to the desk</a></p>
<p class="note"><code>${requestId}</code></p>`,
  });
}
