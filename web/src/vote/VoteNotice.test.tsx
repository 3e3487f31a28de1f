import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { ApiError, type ErrorCode } from '~/api/error';
import { ServicesProvider } from '~/services';
import { aPoll } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import type { Ballot } from './ballots';
import { VoteNotice } from './VoteNotice';

function show(part: Partial<Ballot>) {
  const ballot: Ballot = { wish: 0, phase: 'failed', key: 'k', error: undefined, ...part };
  render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={testServices()}>
        <VoteNotice poll={aPoll()} ballot={ballot} />
      </ServicesProvider>
    </I18nProvider>,
  );
}

test('whose turn it is not yet reads that many are joining', () => {
  show({ phase: 'queued' });
  expect(screen.getByText(/^Many are joining right now\./)).toBeDefined();
});

test.each<[ErrorCode, RegExp]>([
  ['guest_over', /^Your visit as a guest has ended\. Your vote still counts/],
  ['foreign_origin', /^This server's set-up does not let anybody vote here/],
])('%s is told as what it is', (code, words) => {
  show({ error: ApiError.of(code) });
  expect(screen.getByText(words)).toBeDefined();
});
