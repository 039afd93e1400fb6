import fc from 'fast-check';
const {addressKey}=await import('/work/main/platform/text/src/address-key.ts');
const pieces = Array.from('12三十〇田丁目番地号の大字文ヶケが-ー A霞コ室ﾞ゛\u0301\u{E0100}　条々髙万千区町');
const address = fc.string({ unit: fc.constantFrom(...pieces, '丁目', '番地', '大字', '番町', '号室','1','2','-'), maxLength: 14 });
fc.assert(fc.property(address, (text) => addressKey(addressKey(text))=== addressKey(text)), { numRuns: +process.argv[2]! });
console.log('ok');
