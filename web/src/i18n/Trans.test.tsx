/** What people write is shown as they wrote it, in whatever sentence. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { Trans } from '@lingui/react/macro';
import { render } from '@testing-library/react';
import { expect, test } from 'vitest';

const NAMES = [
  'name<x></x>',
  '<0/>',
  '<0>in</0>',
  '</0>',
  '<b>ada</b>',
  '{name}',
  '#',
  "'{'",
];

test.each(NAMES)('a name is no markup: %s', (name) => {
  const { container } = render(
    <I18nProvider i18n={i18n}>
      <p>
        <Trans>Asked by {name}</Trans>
      </p>
      <p>
        <Trans>
          “<bdi>{name}</bdi>” will be <b>gone</b>.
        </Trans>
      </p>
    </I18nProvider>,
  );
  const [plain, rich] = container.querySelectorAll('p');
  expect(plain?.textContent).toBe(`Asked by ${name}`);
  expect(rich?.textContent).toBe(`“${name}” will be gone.`);
  expect(rich?.querySelector('bdi')?.textContent).toBe(name);
  expect(rich?.querySelectorAll('*')).toHaveLength(2);
});
