/**
 * Names of invented foreign residents by nationality: Latin capitals as on a residence card, their reading in katakana,
 * and kanji where the country writes them. Weights are the nationalities' shares in per mille of foreign residents.
 */
import type { Sex } from './household-plan.ts';

/** A part of a name. `kanji` is absent where the country does not write it. */
export interface ForeignNamePart {
  readonly latin: string;
  readonly kana: string;
  readonly kanji: string | undefined;
}

export interface Nationality {
  /** ISO 3166-1 alpha-3. */
  readonly code: string;
  /** As a previous address abroad is written. */
  readonly country: string;
  readonly weight: number;
  readonly families: readonly ForeignNamePart[];
  readonly given: Readonly<Record<Sex, readonly ForeignNamePart[]>>;
}

/** `LATIN:カナ` or `LATIN:カナ:漢字`, comma-separated. */
const parse = (names: string): readonly ForeignNamePart[] =>
  names.split(',').map((entry) => {
    const [latin = '', kana = '', kanji] = entry.split(':');
    return { latin, kana, kanji };
  });

const nation = (
  code: string,
  country: string,
  weight: number,
  families: string,
  male: string,
  female: string,
): Nationality => ({
  code,
  country,
  weight,
  families: parse(families),
  given: { male: parse(male), female: parse(female) },
});

export const NATIONALITIES: readonly Nationality[] = [
  nation(
    'CHN',
    '中国',
    245,
    'WANG:ワン:王,LI:リー:李,ZHANG:チャン:張,LIU:リウ:劉,CHEN:チェン:陳,YANG:ヤン:楊,ZHAO:チャオ:趙,HUANG:ホワン:黄,ZHOU:チョウ:周,WU:ウー:呉,XU:シュー:徐,SUN:スン:孫',
    'WEI:ウェイ:偉,HAO:ハオ:浩,JUN:チュン:軍,MING:ミン:明,QIANG:チャン:強,LEI:レイ:雷,PENG:ポン:鵬,YU:ユー:宇',
    'FANG:ファン:芳,NA:ナー:娜,MIN:ミン:敏,JING:チン:静,LI:リー:麗,YAN:イェン:艶,TING:ティン:婷,XUE:シュエ:雪',
  ),
  nation(
    'VNM',
    'ベトナム',
    170,
    'NGUYEN:グエン,TRAN:チャン,LE:レ,PHAM:ファム,HOANG:ホアン,PHAN:ファン,VU:ヴ,DANG:ダン,BUI:ブイ,DO:ド',
    'VAN MINH:ヴァンミン,DUC ANH:ドゥックアイン,QUANG HUY:クアンフイ,VAN TUAN:ヴァントゥアン,HUU NAM:フウナム,THANH TUNG:タイントゥン,VAN DUNG:ヴァンズン',
    'THI LAN:ティラン,THI HUONG:ティフオン,THI THU:ティトゥー,NGOC ANH:ゴックアイン,THI MAI:ティマイ,THUY LINH:トゥイリン,THI HOA:ティホア',
  ),
  nation(
    'KOR',
    '韓国',
    120,
    'KIM:キム:金,LEE:イ:李,PARK:パク:朴,CHOI:チェ:崔,JUNG:チョン:鄭,KANG:カン:姜,CHO:チョ:趙,YOON:ユン:尹',
    'MINJUN:ミンジュン:民俊,JIHOON:ジフン:智勲,SUNGHO:ソンホ:成浩,DONGHYUN:ドンヒョン:東賢,YOUNGSOO:ヨンス:永守',
    'SEOYEON:ソヨン:瑞娟,JIYOUNG:ジヨン:智英,MINJI:ミンジ:旻智,EUNJU:ウンジュ:恩珠,YOUNGHEE:ヨンヒ:英姫',
  ),
  nation(
    'PHL',
    'フィリピン',
    92,
    'SANTOS:サントス,REYES:レイエス,CRUZ:クルス,BAUTISTA:バウティスタ,GARCIA:ガルシア,MENDOZA:メンドーサ,RAMOS:ラモス,AQUINO:アキノ',
    'JOSE:ホセ,MARK ANTHONY:マークアンソニー,JOHN PAUL:ジョンポール,RAMON:ラモン,CARLO:カルロ',
    'MARIA CRISTINA:マリアクリスティナ,ANGELICA:アンヘリカ,ROSE ANN:ローズアン,JENNIFER:ジェニファー,MARY JANE:メアリージェーン',
  ),
  nation(
    'NPL',
    'ネパール',
    62,
    'SHRESTHA:シュレスタ,GURUNG:グルン,TAMANG:タマン,RAI:ライ,THAPA:タパ,KARKI:カルキ',
    'BISHNU:ビシュヌ,RAM:ラム,SURESH:スレス,PRAKASH:プラカス,DIPAK:ディパク',
    'SITA:シタ,SUNITA:スニタ,LAXMI:ラクシュミ,SABINA:サビナ,ANJU:アンジュ',
  ),
  nation(
    'BRA',
    'ブラジル',
    60,
    'SILVA:シルバ,SOUZA:ソウザ,OLIVEIRA:オリベイラ,TANAKA:タナカ,SANTOS:サントス,SATO:サトウ,LIMA:リマ',
    'CARLOS EDUARDO:カルロスエドゥアルド,MARCOS:マルコス,LUCAS:ルーカス,PEDRO:ペドロ,RAFAEL YUJI:ラファエルユウジ',
    'ANA PAULA:アナパウラ,JULIANA:ジュリアナ,PATRICIA:パトリシア,CAMILA AKEMI:カミラアケミ,FERNANDA:フェルナンダ',
  ),
  nation(
    'IDN',
    'インドネシア',
    50,
    'SETIAWAN:スティアワン,WIJAYA:ウィジャヤ,SANTOSO:サントソ,HIDAYAT:ヒダヤット,SAPUTRA:サプトラ',
    'AGUS:アグス,BUDI:ブディ,RIZKY:リズキ,DIMAS:ディマス,FAJAR:ファジャル',
    'SITI:シティ,DEWI:デウィ,PUTRI:プトリ,RINA:リナ,AYU:アユ',
  ),
  nation(
    'MMR',
    'ミャンマー',
    30,
    'AUNG:アウン,KYAW:チョー,MYINT:ミン,THANT:タン,WIN:ウィン',
    'KO KO:コーコー,ZAW:ゾー,MIN THU:ミントゥー,HTET:テッ',
    'SU SU:スースー,KHIN MAY:キンメイ,EI PHYU:エイピュー,THIDA:ティーダ',
  ),
  nation(
    'TWN',
    '台湾',
    20,
    'LIN:リン:林,CHEN:チェン:陳,HUANG:ホワン:黄,TSAI:ツァイ:蔡,WU:ウー:呉',
    'CHIHMING:チーミン:志明,CHUNHSIUNG:チュンシュン:俊雄,CHIAHAO:ジャーハオ:家豪',
    'SHUFEN:シューフェン:淑芬,MEILING:メイリン:美玲,YATING:ヤーティン:雅婷',
  ),
  nation(
    'USA',
    'アメリカ合衆国',
    20,
    'SMITH:スミス,JOHNSON:ジョンソン,BROWN:ブラウン,MILLER:ミラー,DAVIS:デイビス',
    'MICHAEL JAMES:マイケルジェームズ,DAVID:デイビッド,ROBERT:ロバート,CHRISTOPHER:クリストファー',
    'EMILY:エミリー,JESSICA:ジェシカ,SARAH ANN:サラアン,KATHERINE:キャサリン',
  ),
  nation(
    'THA',
    'タイ',
    18,
    'SRISUK:シースック,CHAIYASIT:チャイヤシット,PHROMMA:プロムマー,SAELEE:セーリー',
    'SOMCHAI:ソムチャイ,ANAN:アナン,NATTAPONG:ナタポン',
    'SUDA:スダー,MALEE:マリー,PIMCHANOK:ピムチャノック',
  ),
  nation(
    'IND',
    'インド',
    17,
    'KUMAR:クマール,SHARMA:シャルマ,SINGH:シン,PATEL:パテル,GUPTA:グプタ',
    'RAHUL:ラフル,AMIT:アミット,VIJAY:ビジャイ,ARJUN:アルジュン',
    'PRIYA:プリヤ,ANITA:アニタ,DEEPA:ディーパ,NEHA:ネーハ',
  ),
  nation(
    'PER',
    'ペルー',
    14,
    'QUISPE:キスペ,FLORES:フローレス,ROJAS:ロハス,HUAMAN:ワマン',
    'LUIS ALBERTO:ルイスアルベルト,JUAN CARLOS:フアンカルロス,MIGUEL:ミゲル',
    'ROSA MARIA:ロサマリア,CARMEN:カルメン,LUCIA:ルシア',
  ),
];
