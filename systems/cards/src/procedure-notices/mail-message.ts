/**
 * A notice as a message (RFC 5322, MIME) that says nothing but that there is news of an application, by its id: no name, no state, no
 * reason. Where the news is, it says. Pure.
 */

export interface MailFacts {
  readonly mailId: number;
  /** Of the applicant, as the form's rules let it through: nothing that a header could be made of. */
  readonly to: string;
  readonly applicationId: string;
  readonly writtenAt: Date;
  /** The address by which the public reaches us: `https://cards.example`. */
  readonly publicOrigin: string;
}

const LINE_OCTETS_MAX = 76;

/** The octets of the file, with CRLF. @throws where the address could break a header */
export function mailMessage({ mailId, to, applicationId, writtenAt, publicOrigin }: MailFacts): Buffer {
  if (!/^[!-~]{3,254}$/.test(to)) throw new Error('an e-mail address that is none');
  const { hostname, href } = new URL(publicOrigin);
  const host = /^[\d.]+$/.test(hostname) ? `[${hostname}]` : hostname;
  const text = [
    `個人番号カードの申請（申請書ID ${applicationId}）についてお知らせがあります。`,
    '次の画面で、申請書IDによりご確認ください。',
    new URL('/cards/status', href).href,
    '直すところがあるときは、申請書IDと生年月日により、次の画面で直して再提出できます。',
    new URL('/cards/apply', href).href,
    '',
    `There is news of your application for a card (application id ${applicationId}).`,
    'Please look at the pages above.',
    '',
    'このメールには返信できません。 / Please do not reply.',
  ].join('\r\n');
  const lines =
    Buffer.from(text)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE_OCTETS_MAX}}`, 'g')) ?? [];
  const message = [
    `From: no-reply@${host}`,
    `To: ${to}`,
    `Date: ${writtenAt.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <notice-${mailId}@${host}>`,
    `Subject: =?UTF-8?B?${Buffer.from('個人番号カード申請のお知らせ').toString('base64')}?=`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...lines,
    '',
  ];
  return Buffer.from(message.join('\r\n'));
}
