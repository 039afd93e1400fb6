/** Words of an application's choices in both languages. */

import { type IdentityDocument } from '@ishizue/jpki';
import type { Words } from '@ishizue/procedure';
import type { PhotoFindingCode } from '../photo/photo-rules.ts';

const words = (ja: string, en: string): Words => ({ ja, en });

export const DOCUMENT_WORDS: Readonly<Record<IdentityDocument, Words>> = {
  'individual-number-card': words('個人番号カード', 'Individual number card'),
  'resident-registry-card': words('住民基本台帳カード(写真付き)', 'Resident registry card with photograph'),
  'drivers-licence': words('運転免許証', 'Driver’s licence'),
  'driving-record-certificate': words('運転経歴証明書', 'Driving record certificate'),
  passport: words('旅券', 'Passport'),
  'physical-disability-handbook': words('身体障害者手帳', 'Physical disability handbook'),
  'mental-disability-handbook': words('精神障害者保健福祉手帳', 'Mental disability handbook'),
  'rehabilitation-handbook': words('療育手帳', 'Rehabilitation handbook'),
  'residence-card': words('在留カード', 'Residence card'),
  'special-permanent-resident-certificate': words(
    '特別永住者証明書',
    'Special permanent resident certificate',
  ),
  'temporary-refuge-permit': words('一時庇護許可書', 'Permit for temporary refuge'),
  'provisional-stay-permit': words('仮滞在許可書', 'Permit for provisional stay'),
  'insurance-qualification-certificate': words('資格確認書', 'Certificate of insurance'),
  'care-insurance-card': words('介護保険被保険者証', 'Care insurance card'),
  'medical-certificate': words('医療受給者証', 'Medical certificate'),
  'pension-handbook': words('年金手帳', 'Pension handbook'),
  'pension-certificate': words('年金証書', 'Pension certificate'),
  'child-allowance-certificate': words('児童扶養手当証書', 'Child allowance certificate'),
  'public-assistance-certificate': words('生活保護受給者証', 'Public assistance certificate'),
  'maternal-health-handbook': words('母子健康手帳', 'Maternal and child health handbook'),
  'employee-card': words('社員証', 'Employee card'),
  'student-card': words('学生証', 'Student card'),
  'school-document': words('学校名が記載された書類', 'Document of a school'),
  'bank-book': words('預金通帳', 'Bank book'),
  'health-insurance-card': words(
    '健康保険証(2025年12月1日まで)',
    'Health insurance card (until 1 December 2025)',
  ),
};

export const FINDING_WORDS: Readonly<Record<PhotoFindingCode, Words>> = {
  'photo-file-small': words('ファイルが小さすぎる(バイト)', 'The file is too small (octets)'),
  'photo-pixels': words('画素数が範囲外', 'Too few or too many pixels'),
  'photo-proportions': words('縦横の比が45:35と違う', 'Not of the proportions 45 by 35'),
  'photo-old': words('撮影から日が経ちすぎている(日)', 'Taken too long ago (days)'),
  'photo-in-future': words('撮影日が未来(日)', 'Taken in the future (days)'),
  'photo-undated': words('撮影日がわからない', 'It does not say when it was taken'),
  'photo-no-face': words('顔が見つからない', 'No face was found'),
  'photo-several-faces': words('顔が複数ある', 'Several faces were found'),
  'photo-head-small': words('頭部が小さい', 'The head is small'),
  'photo-head-large': words('頭部が大きい', 'The head is large'),
  'photo-head-cut': words('頭部が切れている', 'The head is cut off'),
  'photo-off-centre': words('顔が中央にない', 'The face is not in the middle'),
  'photo-tilted': words('顔が傾いている(度)', 'The head is tilted (degrees)'),
  'photo-turned': words('顔が正面を向いていない', 'The face is turned'),
  'photo-eyes-closed': words('目が閉じている', 'The eyes are closed'),
  'photo-background': words('背景が無地でない', 'The background is not plain'),
  'photo-dark': words('暗い', 'Too dark'),
  'photo-bright': words('明るすぎる', 'Too bright'),
  'photo-blurred': words('ぼけている', 'Blurred'),
  'photo-of-another-application': words(
    '他の申請と同じ写真(件)',
    'Like the photograph of another application',
  ),
};
