/** Above the cards: which polls, and in which order. All of it is in the address. */
import { useLingui } from '@lingui/react/macro';
import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useLocation } from 'wouter';
import { type Filter, hrefOf, type Sort } from '~/feed/filter';
import { useShortcuts } from '~/lib/shortcuts';
import { IconButton } from '~/ui/Button';
import { SearchField } from './SearchField';
import { TagChips } from './TagChips';

/** On a phone the search takes the place of the tags while it is open. */
export function FeedTools({ filter }: { filter: Filter }) {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(filter.q !== '');
  const input = useRef<HTMLInputElement>(null);
  const open = () => {
    flushSync(() => setOpen(true)); // what is hidden cannot take the focus
    input.current?.focus();
  };
  useShortcuts({ '/': open });
  return (
    <div className="feed-tools mx-auto flex w-full max-w-5xl shrink-0 items-center gap-2 px-3">
      {!isOpen && (
        <IconButton icon="search" label={t`Search`} className="sm:hidden" onClick={open} />
      )}
      <SearchField
        filter={filter}
        input={input}
        className={isOpen ? '' : 'max-sm:hidden'}
        onClose={() => setOpen(false)}
      />
      <TagChips filter={filter} className={isOpen ? 'max-sm:hidden' : ''} />
      <SortChoice filter={filter} />
    </div>
  );
}

function SortChoice({ filter }: { filter: Filter }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const names: Record<Sort, string> = {
    new: t`New`,
    hot: t`Hot`,
    closing: t`Closing soon`,
  };
  return (
    <select
      aria-label={t`Order`}
      value={filter.sort}
      onChange={(event) =>
        navigate(hrefOf({ ...filter, sort: event.target.value as Sort }))
      }
      className="field-sizing-content min-h-11 max-w-28 shrink-0 rounded-xl bg-transparent px-1 font-medium text-quiet hover:bg-sunken sm:max-w-none"
    >
      {Object.entries(names).map(([sort, name]) => (
        <option key={sort} value={sort} className="bg-card text-ink">
          {name}
        </option>
      ))}
    </select>
  );
}
