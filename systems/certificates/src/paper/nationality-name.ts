/**
 * Nationalities as resident records write them (国籍・地域). The register holds ISO 3166-1 alpha-3; the names are those
 * of the residence statistics for the countries most residents come from. Others are printed as their code, which the
 * travel document holds too.
 */
const NAMES: Readonly<Record<string, string>> = {
  AUS: 'オーストラリア',
  BGD: 'バングラデシュ',
  BRA: 'ブラジル',
  CAN: 'カナダ',
  CHN: '中国',
  DEU: 'ドイツ',
  FRA: 'フランス',
  GBR: '英国',
  IDN: 'インドネシア',
  IND: 'インド',
  ITA: 'イタリア',
  KHM: 'カンボジア',
  KOR: '韓国',
  LKA: 'スリランカ',
  MMR: 'ミャンマー',
  MNG: 'モンゴル',
  MYS: 'マレーシア',
  NPL: 'ネパール',
  PAK: 'パキスタン',
  PER: 'ペルー',
  PHL: 'フィリピン',
  RUS: 'ロシア',
  THA: 'タイ',
  TWN: '台湾',
  UKR: 'ウクライナ',
  USA: '米国',
  UZB: 'ウズベキスタン',
  VNM: 'ベトナム',
};

/** `ベトナム` for `VNM`; the code itself where no name is known. */
export const nationalityName = (alpha3: string): string => NAMES[alpha3] ?? alpha3;
