import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { ServicesProvider } from '~/services';
import { aPoll, fakeApi, someResults } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { VotePanel } from './VotePanel';

test('what comes after the vote is fetched, and takes the focus when it is there', async () => {
  fakeApi({});
  render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={testServices()}>
        <VotePanel poll={aPoll({ results: someResults([1, 0, 0], 2) })} />
      </ServicesProvider>
    </I18nProvider>,
  );
  await userEvent.click(screen.getByRole('button', { name: 'Show results' }));
  const back = await screen.findByRole('button', { name: 'Back to voting' });
  expect(back).toBeTruthy();
  expect(screen.queryByText('Loading…')).toBeNull();
  await waitFor(() => expect(document.activeElement?.textContent).toMatch(/^ ?1 vote$/));
});
