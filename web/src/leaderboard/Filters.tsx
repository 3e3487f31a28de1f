/** Of which time, and about what. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { tagsQuery } from '~/api/queries';
import { Field, inputClass } from '~/ui/Field';
import { addressOf, type Shown, WINDOWS } from './address';

export function Filters({ shown }: { shown: Shown }) {
  return (
    <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
      <Windows shown={shown} />
      <TagChoice shown={shown} />
    </div>
  );
}

function Windows({ shown }: { shown: Shown }) {
  const { t } = useLingui();
  const names = { all: t`All time`, day: t`Last day`, hour: t`Last hour` };
  return (
    <nav aria-label={t`Period`} className="grow">
      <ul className="flex gap-1 rounded-xl bg-sunken p-1">
        {WINDOWS.map((window) => (
          <li key={window} className="grow">
            <Link
              href={addressOf({ ...shown, window })}
              aria-current={window === shown.window ? 'true' : undefined}
              className="flex min-h-11 items-center justify-center rounded-lg px-2 text-center wrap-normal text-sm font-medium text-quiet hover:text-ink aria-[current=true]:bg-card aria-[current=true]:text-ink aria-[current=true]:shadow-card"
            >
              {names[window]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function TagChoice({ shown }: { shown: Shown }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const { data: known = [] } = useQuery(tagsQuery);
  const tags = known.map(({ tag }) => tag);
  if (shown.tag !== null && !tags.includes(shown.tag)) tags.unshift(shown.tag);
  return (
    <Field label={t`Tag`}>
      {(control) => (
        <select
          {...control}
          value={shown.tag ?? ''}
          onChange={({ target }) =>
            navigate(addressOf({ ...shown, tag: target.value || null }))
          }
          className={`${inputClass} min-w-40`}
        >
          <option value="">
            <Trans>All tags</Trans>
          </option>
          {tags.map((tag) => (
            <option key={tag} value={tag}>
              {tag}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
