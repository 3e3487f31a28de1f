import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Draft, EMPTY } from './draft';
import * as limits from './limits';
import { type Faults, faultsOf } from './rules';
import { localOf } from './times';

const NOW = new Date('2026-03-10T12:00:30Z').getTime();
const HOUR = 3_600_000;

const options = (...texts: string[]) => texts.map((text) => ({ text }));
const GOOD: Draft = { ...EMPTY, title: 'Lunch?', options: options('Pizza', 'Soup') };

/** One character, four bytes, two UTF-16 units. */
const EMOJI = '🎉';

describe('faultsOf', () => {
  const cases: [string, Partial<Draft>, Faults][] = [
    ['nothing wrong', {}, {}],
    ['no title', { title: '' }, { title: 'missing' }],
    ['a blank title', { title: ' \t\u0085\u3000\ufeff' }, { title: 'missing' }],
    ['200 characters', { title: 'a'.repeat(200) }, {}],
    ['201 characters', { title: 'a'.repeat(201) }, { title: 'long' }],
    ['200 characters in spaces', { title: `  ${'a'.repeat(200)}\u0085` }, {}],
    ['200 emoji', { title: EMOJI.repeat(200) }, {}],
    ['201 emoji', { title: EMOJI.repeat(201) }, { title: 'long' }],
    ['200 letters with marks', { title: 'e\u0301'.repeat(100) }, {}],
    ['one mark more', { title: `${'e\u0301'.repeat(100)}\u0301` }, { title: 'long' }],
    ['a control character', { title: 'a\u0007b' }, { title: 'control' }],
    ['a delete character', { title: 'a\u007fb' }, { title: 'control' }],
    ['a line break in a title', { title: 'a\nb' }, { title: 'control' }],
    ['a line break around a title', { title: '\na\n' }, {}],
    ['a C1 control, as the server', { title: 'a\u0081b' }, {}],

    ['one option', { options: options('a', '') }, { 'options.1.text': 'few' }],
    ['no options', { options: options('', ' ', '') }, { 'options.0.text': 'few' }],
    ['an empty one besides two', { options: options('a', '', 'b', ' ') }, {}],
    ['100 characters', { options: options('a', EMOJI.repeat(100)) }, {}],
    [
      '101 characters',
      { options: options('a', EMOJI.repeat(101)) },
      { 'options.1.text': 'long' },
    ],
    ['two the same', { options: options('a', 'b', 'a') }, { 'options.2.text': 'same' }],
    ['after trimming', { options: options('a', '\u00a0a ') }, { 'options.1.text': 'same' }],
    ['but for the case', { options: options('a', 'A') }, {}],
    ['but for the composition', { options: options('\u00e9', 'e\u0301') }, {}],
    [
      'a control character in one',
      { options: options('a', 'b\u0000') },
      { 'options.1.text': 'control' },
    ],

    ['2,000 characters', { description: EMOJI.repeat(2000) }, {}],
    ['2,001 characters', { description: 'a'.repeat(2001) }, { description: 'long' }],
    ['lines and tabs', { description: 'a\r\n\tb' }, {}],
    ['an escape', { description: 'a\u001bb' }, { description: 'control' }],

    ['tags', { tags: ['a-1', 'x'.repeat(30)] }, {}],
    ['one that is typed', { tag: ' Food ' }, {}],
    ['one too long', { tag: 'x'.repeat(31) }, { tag: 'tag' }],
    ['one of another script', { tag: 'käse', tags: ['日本'] }, {}],
    ['one with a sign', { tag: 'a+b' }, { tag: 'tag' }],
    ['ten', { tags: [...'abcdefghij'] }, {}],
    ['ten, and one of them again', { tags: [...'abcdefghij'], tag: 'A' }, {}],
    ['eleven', { tags: [...'abcdefghij'], tag: 'k' }, { tag: 'manyTags' }],

    ['no opening time', { opens: 'at' }, { opensAt: 'time' }],
    ['an opening time behind a choice', { opensAt: 'nonsense' }, {}],
    ['an opening in the past', { opens: 'at', opensAt: localOf(NOW - HOUR) }, {}],
    ['no closing time', { closes: 'at' }, { closesAt: 'time' }],
    [
      'the year 12026',
      { closes: 'at', closesAt: '+012026-01-01T00:00' },
      { closesAt: 'time' },
    ],
    ['before 1970', { opens: 'at', opensAt: '1960-01-01T00:00' }, { opensAt: 'time' }],
    ['a closing now', { closes: 'at', closesAt: localOf(NOW) }, { closesAt: 'past' }],
    ['a closing soon', { closes: 'at', closesAt: localOf(NOW + 60_000) }, {}],
    [
      'an opening at the closing',
      {
        opens: 'at',
        opensAt: localOf(NOW + HOUR),
        closes: 'at',
        closesAt: localOf(NOW + HOUR),
      },
      { opensAt: 'order' },
    ],
    [
      'an opening before the closing',
      {
        opens: 'at',
        opensAt: localOf(NOW + HOUR),
        closes: 'at',
        closesAt: localOf(NOW + 2 * HOUR),
      },
      {},
    ],
    [
      'an hour from an opening',
      { opens: 'at', opensAt: '2030-01-01T00:00', closes: '60' },
      {},
    ],
  ];

  it.each(cases)('%s', (_, change, faults) => {
    expect(faultsOf({ ...GOOD, ...change }, NOW)).toEqual(faults);
  });

  it('tells one fault a field, of all fields', () => {
    const faults = faultsOf({ ...EMPTY, title: '', tag: 'a+b', closes: 'at' }, NOW);
    expect(faults).toEqual({
      title: 'missing',
      'options.0.text': 'few',
      tag: 'tag',
      closesAt: 'time',
    });
  });
});

describe('limits', () => {
  it("are the program's own", () => {
    const file = fs.readFileSync('../src/tbl/limits.h', 'utf8');
    const of = (name: string) =>
      Number(new RegExp(`LIMIT_${name} = (\\d+)`).exec(file)?.[1]);
    expect(limits).toMatchObject({
      MAX_TITLE: of('TITLE_CHARS'),
      MAX_DESCRIPTION: of('DESCRIPTION_CHARS'),
      MIN_OPTIONS: of('OPTIONS_MIN'),
      MAX_OPTIONS: of('OPTIONS'),
      MAX_OPTION: of('OPTION_CHARS'),
      MAX_TAGS: of('TAGS'),
    });
    expect(limits.TAG.test('x'.repeat(of('TAG_CHARS')))).toBe(true);
    expect(limits.TAG.test('x'.repeat(of('TAG_CHARS') + 1))).toBe(false);
  });
});
