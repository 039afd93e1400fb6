/** A notice (the Digital Agency's notification banner): colour, mark and words say the same. */
import { html, type SafeHtml } from '@ishizue/http';

export type NoticeKind = 'success' | 'error' | 'warning' | 'info';

const MARKS: Readonly<Record<NoticeKind, string>> = { success: '✓', error: '✗', warning: '!', info: 'i' };

export interface Notice {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly body?: SafeHtml | string;
  /** `status` and `alert` are read out by screen readers when they appear. */
  readonly role?: 'status' | 'alert';
}

export const notice = ({ kind, title, body, role }: Notice): SafeHtml => html`
<div class="notice notice-${kind}"${role && html` role="${role}"`}>
  <span class="notice-mark" aria-hidden="true">${MARKS[kind]}</span>
  <div>
    <p class="notice-title">${title}</p>
    ${body !== undefined && html`<p>${body}</p>`}
  </div>
</div>`;
