/** The poll as voters will see it: beside the form, on a narrow screen below it on demand. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { now } from '~/lib/clock';
import { Button } from '~/ui/Button';
import { useDraftForm } from './DraftForm';
import type { Draft } from './draft';
import { trimmed } from './text';
import { closingOf, openingOf } from './times';

export function Preview() {
  const { t } = useLingui();
  const { draft } = useDraftForm();
  const [isShown, setIsShown] = useState(false);
  return (
    <aside aria-label={t`Preview`} className="flex flex-col gap-3 lg:sticky lg:top-20">
      <Button
        icon="eye"
        aria-expanded={isShown}
        onClick={() => setIsShown(!isShown)}
        className="lg:hidden"
      >
        <Trans>Preview</Trans>
      </Button>
      <p className="font-medium text-quiet max-lg:hidden">
        <Trans>Preview</Trans>
      </p>
      <div className={isShown ? '' : 'max-lg:hidden'}>
        <Card draft={draft} />
      </div>
    </aside>
  );
}

function Card({ draft }: { draft: Draft }) {
  const { t } = useLingui();
  const texts = [...new Set(draft.options.map(({ text }) => trimmed(text)))].filter(
    Boolean,
  );
  const shown = texts.length > 0 ? texts : [t`Option 1`, t`Option 2`];
  const title = trimmed(draft.title);
  return (
    <article className="flex flex-col gap-4 rounded-2xl bg-card p-5 shadow-card">
      <p dir="auto" className={`text-xl font-semibold ${title === '' ? 'text-quiet' : ''}`}>
        {title || <Trans>Your question</Trans>}
      </p>
      {draft.description.trim() !== '' && (
        <p dir="auto" className="whitespace-pre-line">
          {trimmed(draft.description)}
        </p>
      )}
      <ul dir="auto" className="flex flex-col gap-2">
        {shown.map((text) => (
          <li
            key={text}
            className={`flex min-h-12 items-center gap-3 rounded-xl bg-sunken px-4 py-2 ${texts.length === 0 ? 'text-quiet' : ''}`}
          >
            <span
              aria-hidden="true"
              className="size-4 shrink-0 rounded-full border-2 border-edge"
            />
            <span className="mixed-text">{text}</span>
          </li>
        ))}
      </ul>
      <Facts draft={draft} />
    </article>
  );
}

function Facts({ draft }: { draft: Draft }) {
  const { i18n } = useLingui();
  const clock = (ms: number) =>
    i18n.date(new Date(ms), { dateStyle: 'medium', timeStyle: 'short' });
  const opens = openingOf(draft);
  const closes = closingOf(draft, now());
  const opening = opens === null ? '' : clock(opens);
  const closing = closes === null ? '' : clock(closes);
  return (
    <ul className="flex flex-col gap-1 text-sm text-quiet empty:hidden">
      {draft.tags.length > 0 && <li>{draft.tags.map((tag) => `#${tag}`).join(' ')}</li>}
      {opening && (
        <li>
          <Trans>Opens {opening}</Trans>
        </li>
      )}
      {closing && (
        <li>
          <Trans>Closes {closing}</Trans>
        </li>
      )}
      {draft.voters === 'registered' && (
        <li>
          <Trans>Registered users may vote</Trans>
        </li>
      )}
      {draft.voteChange && (
        <li>
          <Trans>Votes can be changed</Trans>
        </li>
      )}
    </ul>
  );
}
