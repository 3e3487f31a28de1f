/** A quick start: chips that fill in the options. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { Button } from '~/ui/Button';
import { useDraftForm } from './DraftForm';
import { templates } from './templateList';
import type { Options } from './useOptions';

interface Change {
  before: string[];
  after: string[];
}

export function Templates({ options }: { options: Options }) {
  const { t, i18n } = useLingui();
  const { draft } = useDraftForm();
  const [change, setChange] = useState<Change | null>(null);
  const now = draft.options.map(({ text }) => text).join('\n');
  const before = change?.after.join('\n') === now ? change.before : [];

  const use = (after: string[]) => {
    setChange({ before: options.texts(), after });
    options.replace(after);
  };

  return (
    <div className="flex flex-wrap gap-2">
      <ul aria-label={t`Templates`} className="contents">
        {templates(i18n, Date.now()).map(({ name, options: after }) => (
          <li key={name}>
            <Button onClick={() => use(after)} className="text-sm">
              {name}
            </Button>
          </li>
        ))}
      </ul>
      {before.some((text) => text !== '') && (
        <Button kind="quiet" icon="undo" onClick={() => options.replace(before)}>
          <Trans>Undo</Trans>
        </Button>
      )}
    </div>
  );
}
