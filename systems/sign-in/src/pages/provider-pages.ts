/** What the protocol's library shows by itself: an error that cannot go back to the client, and signing out. */
import { html, SafeHtml } from '@ishizue/http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { frame, preferredLanguage, sayIn } from './frame.ts';

function show(
  ctx: KoaContextWithOIDC,
  title: readonly [string, string],
  main: (say: ReturnType<typeof sayIn>) => SafeHtml,
) {
  const language = preferredLanguage(ctx.get('accept-language'));
  const say = sayIn(language);
  ctx.type = 'html';
  ctx.body = frame({ language, title: say(...title), main: main(say) }).toString();
}

/** Says the protocol's code and sentence; both are the library's own words, or what the request named. */
export const errorPage = (
  ctx: KoaContextWithOIDC,
  { error, error_description }: { readonly error: string; readonly error_description?: string | undefined },
): void =>
  show(
    ctx,
    ['サインインを続けられません', 'The sign-in cannot go on'],
    (say) => html`<p class="refusal" role="alert"><code>${error}</code> ${error_description}</p>
<p>${say('サインイン先のページからやり直してください。', 'Please begin again from the page where you wanted to sign in.')}</p>`,
  );

/** @param form the library's own form, which has no button */
export const signOutPage = (ctx: KoaContextWithOIDC, form: string): void =>
  show(
    ctx,
    ['サインアウト', 'Sign out'],
    (
      say,
    ) => html`<p>${say('このブラウザーでのサインインをすべて終えますか。', 'End everything that you are signed in at with this browser?')}</p>
${new SafeHtml(form)}
<button type="submit" form="op.logoutForm" value="yes" name="logout">${say('サインアウトする', 'Sign out')}</button>
<button class="quiet" type="submit" form="op.logoutForm">${say('サインインしたままにする', 'Stay signed in')}</button>`,
  );

export const signedOutPage = (ctx: KoaContextWithOIDC): void =>
  show(
    ctx,
    ['サインアウトしました', 'You have signed out'],
    (say) => html`<p>${say('このページを閉じることができます。', 'You can close this page.')}</p>`,
  );
