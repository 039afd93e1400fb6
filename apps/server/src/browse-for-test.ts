/** A server asked as a browser asks: with its cookies, forms of our pages, redirects not followed. For tests. */

export interface Browsed {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
  readonly cookies: readonly string[];
}

export interface BrowserRequest {
  readonly cookie?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly origin?: string;
  readonly forwarded?: string;
}

export type Browse = (target: string, request?: BrowserRequest) => Promise<Browsed>;

/** Asks from a page of ours unless another origin is named. @param origin where the server listens, once it does */
export const browserOf =
  (origin: () => string): Browse =>
  async (target, { cookie = '', form, origin: from = origin(), forwarded = '203.0.113.9' } = {}) => {
    const answer = await fetch(origin() + target, {
      redirect: 'manual',
      headers: { cookie, 'x-forwarded-for': forwarded, ...(form && { origin: from }) },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    return {
      status: answer.status,
      text: await answer.text(),
      location: answer.headers.get('location'),
      cookies: answer.headers.getSetCookie(),
    };
  };

/** The token in the session cookie that was set. */
export const tokenIn = ({ cookies }: Browsed): string => /=([\w-]{43});/.exec(cookies[0] ?? '')?.[1] ?? '';
/** The token of the page’s forms. */
export const forgeryIn = ({ text }: Browsed): string =>
  /name="_forgery" value="([^"]+)"/.exec(text)?.[1] ?? '';
