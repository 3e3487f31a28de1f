import { expect, test } from 'vitest';
import { languageOf } from './language';

test.each([
  ['Welche Länder liegen an der Donau?', 'de'],
  ['Which countries are the largest?', 'en'],
  ['Quelle est la plus belle ville de France ?', 'fr'],
  ['¿Cuál es la capital de España?', 'es'],
  ['Qual è la città più bella di tutte?', 'it'],
  ['Ποια πόλη;', 'el'],
  ['Какой город?', 'ru'],
  ['Яке місто найкраще?', 'uk'],
  ['どの都市が好きですか', 'ja'],
  ['哪个城市', 'zh'],
  ['어느 도시', 'ko'],
  ['איזו עיר', 'he'],
  ['أي مدينة', 'ar'],
])('%s is %s', (text, language) => {
  expect(languageOf(text)).toBe(language);
});

test.each(['', '42', 'Berlin, Madrid', 'X Y Z'])('%j does not say', (text) => {
  expect(languageOf(text)).toBeUndefined();
});
