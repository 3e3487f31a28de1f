import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, screen } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { messages as german } from '~/i18n/shared.de';
import { aPoll, someResults } from '~/test/fakeApi';
import { Bars, type BarsProps } from './Bars';

const { options } = aPoll();

function picture(props: Partial<BarsProps>) {
  return (
    <I18nProvider i18n={i18n}>
      <Bars options={options} results={someResults([0, 0, 0], 1)} {...props} />
    </I18nProvider>
  );
}

const items = () => screen.getAllByRole('listitem');
const parts = () =>
  items().map((item) => (item.firstElementChild as HTMLElement).style.cssText);
const leaders = () =>
  items().map((item) => item.children[1]?.classList.contains('font-semibold'));

describe('bars', () => {
  test("say the server's numbers, and show them", () => {
    render(picture({ results: someResults([3, 1, 0], 2) }));
    expect(items().map((item) => item.textContent)).toEqual([
      'Tabs75.0% 3 votes',
      'Spaces25.0% 1 vote',
      'Both0% 0 votes',
    ]);
    expect(parts()).toEqual(['--part: 0.75;', '--part: 0.25;', '--part: 0;']);
  });

  test("mark one's own vote in words", () => {
    render(picture({ myVote: 0 }));
    expect(items().map((item) => /your vote/.test(item.textContent))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test.each([
    [[3, 1, 0], [true, false, false], 'one leads'],
    [[2, 2, 0], [true, true, false], 'two lead'],
    [[2, 2, 2], [false, false, false], 'nobody leads'],
    [[0, 0, 0], [false, false, false], 'nobody has voted'],
  ])('of %j: %j, %s', (votes, expected) => {
    render(picture({ results: someResults(votes, 2) }));
    expect(leaders()).toEqual(expected);
  });

  test('move with a new snapshot, in place', () => {
    const { rerender } = render(picture({ results: someResults([1, 0, 0], 2) }));
    const [first] = items();
    rerender(picture({ results: someResults([1, 1, 0], 3) }));
    expect(items()[0]).toBe(first);
    expect(parts()[1]).toBe('--part: 0.5;');
  });

  test('speak German', () => {
    i18n.loadAndActivate({ locale: 'de', messages: german });
    render(picture({ results: someResults([1999, 1, 0], 2), myVote: 1 }));
    expect(items().map((item) => item.textContent)).toEqual([
      'Tabs100\u00a0% 1.999 Stimmen',
      'Spacesdeine Stimme0,1\u00a0% 1 Stimme',
      'Both0\u00a0% 0 Stimmen',
    ]);
  });
});
