/**
 * 続柄 (住民基本台帳法 art. 7 iv): how a member of a household stands to its head. The register writes it in a few words and in
 * chains of them (子の妻, 妻の子の子); what is no such word is refused, so that nobody is written down as something that no
 * other office can read. The list follows the ministry's administrative guide (事務処理要領) and is not a closed one in law.
 */

export const HEAD = '世帯主';

const PARTNERS = ['夫', '妻', '夫（未届）', '妻（未届）'];
const KIN = ['子', '父', '母', '兄', '弟', '姉', '妹', '孫', '曾孫', '祖父', '祖母', '曾祖父', '曾祖母'];
const FURTHER_KIN = ['おじ', 'おば', 'おい', 'めい', 'いとこ'];
const LINKS: ReadonlySet<string> = new Set([...PARTNERS, ...KIN, ...FURTHER_KIN]);
const ALONE: ReadonlySet<string> = new Set([HEAD, '同居人', '縁故者']);
const CHAIN_MAX = 4;

/** Whether a text is a relationship that the register may have. */
export function isRelationship(text: string): boolean {
  if (ALONE.has(text)) return true;
  const chain = text.split('の');
  return chain.length <= CHAIN_MAX && chain.every((link) => LINKS.has(link));
}

/**
 * Whether the relationships of two members of a household show that the one is a parent of the other: the head of a 子; the head's wedded
 * partner of the same 子, who is the head's and, where it is not theirs, is written 妻の子; a partner of the partner's own
 * child; 父 and 母 of the head. Of 孫 and 子の子 nobody is shown: there may be several 子, at home or elsewhere.
 */
export function showsParent(parent: string, child: string): boolean {
  if (child === '子') return parent === HEAD || parent === '夫' || parent === '妻';
  if (child === HEAD) return parent === '父' || parent === '母';
  return PARTNERS.includes(parent) && child === `${parent}の子`;
}

const ORDER = [
  ['夫', '妻', '夫（未届）', '妻（未届）'],
  ['子'],
  ['子の妻', '子の夫'],
  ['父', '母'],
  ['兄', '弟', '姉', '妹'],
];

/** Where a member stands among those who might be the next head, from 0; the register suggests, the officer decides. */
export function successionRank(relationship: string): number {
  const rank = ORDER.findIndex((group) => group.includes(relationship));
  return rank === -1 ? ORDER.length : rank;
}
